import FoundationEssentials
public import Logging
import Model
import NIOPosix
import Synchronization

/// The operator's policy files of one service, read at start and again when they change.
///
/// A path may be a folder, whose `.yaml`, `.yml` and `.json` files are read in the order of their names. Later files
/// override earlier ones.
public final class PolicyFiles: Sendable {
    private let paths: [String]
    private let last = Mutex<[File]>([])

    private struct File: Sendable, Equatable {
        let name: String
        let text: String
    }

    public init(_ paths: [String]) {
        self.paths = paths
    }

    /// Throws for a path that does not exist or cannot be read, and for a malformed file.
    public func read() async throws(PolicyError) -> [PolicyDocument] {
        let files = try await files()
        last.withLock { $0 = files }
        return try documents(of: files)
    }

    /// Applies changed files; returns whether anything changed. Warnings and refusals go to the log. If the new files
    /// are refused, the former rules stay in force.
    @discardableResult
    public func refresh(_ engine: PolicyEngine, _ logger: Logger) async -> Bool {
        do throws(PolicyError) {
            let fresh = try await files()
            let isChanged = last.withLock { last in
                defer { last = fresh }
                return last != fresh
            }
            guard isChanged else { return false }
            for warning in try engine.replace(with: try documents(of: fresh)) { logger.warning("policy: \(warning)") }
            logger.info("policy files are in force", metadata: ["files": "\(fresh.map(\.name))"])
            return true
        } catch {
            logger.error("policy files are refused, the former rules stay in force: \(error)")
            return false
        }
    }

    /// Refreshes until cancelled.
    public func watch(_ engine: PolicyEngine, every pause: Duration = .seconds(10), logger: Logger) async {
        guard !paths.isEmpty else { return }
        while !Task.isCancelled {
            await refresh(engine, logger)
            do { try await Task.sleep(for: pause) } catch { return }
        }
    }

    private func documents(of files: [File]) throws(PolicyError) -> [PolicyDocument] {
        var documents: [PolicyDocument] = []
        for file in files { documents.append(try PolicyDocument(file.text, name: file.name)) }
        return documents
    }

    private func files() async throws(PolicyError) -> [File] {
        let paths = paths
        do {
            return try await NIOThreadPool.singleton.runIfActive {
                try paths.flatMap { path in
                    try Self.expand(path).map { name in
                        guard let data = FileManager.default.contents(atPath: name) else {
                            throw PolicyError("the policy file \(name) cannot be read")
                        }
                        return File(name: name, text: String(decoding: data, as: UTF8.self))
                    }
                }
            }
        } catch let error as PolicyError {
            throw error
        } catch {
            throw PolicyError("the policy files cannot be read: \(error)")
        }
    }

    private static func expand(_ path: String) throws -> [String] {
        var isFolder = false
        guard FileManager.default.fileExists(atPath: path, isDirectory: &isFolder) else {
            throw PolicyError("the policy file \(path) does not exist")
        }
        guard isFolder else { return [path] }
        let endings = [".yaml", ".yml", ".json"]
        return try FileManager.default.contentsOfDirectory(atPath: path)
            .filter { name in !name.hasPrefix(".") && endings.contains { name.hasSuffix($0) } }
            .sorted().map { "\(path)/\($0)" }
    }
}
