import Agent
import Clients
import Drivers
import FoundationEssentials
import Link
import Model
import SystemPackage

/// The images that are about to be loaded onto devices of this host: files by their hash, in a folder of a bounded size.
///
///     draft ──every byte came, with its hash──▶ file ──loaded──▶ removed
///       └──otherwise──▶ removed                   └──its place is needed, or the agent starts──▶ removed
///
/// Nothing in it is needed: what is missing is fetched again.
actor ImageFolder {
    /// What receives an image's data, piece by piece.
    typealias Fetching =
        @Sendable (_ take: @Sendable (_ piece: [UInt8]) async throws(Fault) -> Void) async throws(Fault) -> Void

    private struct Draft {
        let path: FilePath
        let descriptor: FileDescriptor
        var running: ImageDigest.Running
    }

    private let folder: FilePath
    /// Bytes of all files together.
    private let limit: Int
    private let executor = QueueExecutor("kilonova.agent.images")
    private var drafts: [Int: Draft] = [:]
    private var count = 0
    /// Files that are being loaded, and how often.
    private var used: [ImageDigest: Int] = [:]
    private var isReady = false

    /// Safe: the actor holds its executor as long as it lives.
    nonisolated var unownedExecutor: UnownedSerialExecutor { unsafe executor.asUnownedSerialExecutor() }

    init(_ path: String, limit: Int = 4 << 30) {
        folder = FilePath(path)
        self.limit = limit
    }

    /// The path of the image's file, which is there until `release`. Every call that returned has one.
    func file(of image: WorkImage, by fetch: Fetching) async throws(DriverFault) -> String {
        let path = try await fetched(image, by: fetch)
        used[image.digest, default: 0] += 1
        return path.string
    }

    /// Brings the image here, unless it is.
    func bring(_ image: WorkImage, by fetch: Fetching) async throws(DriverFault) {
        _ = try await fetched(image, by: fetch)
    }

    /// Removes the file unless somebody else has it.
    func release(_ image: WorkImage) {
        let left = (used[image.digest] ?? 1) - 1
        used[image.digest] = left > 0 ? left : nil
        if left <= 0 { remove(path(of: image.digest)) }
    }

    private func path(of digest: ImageDigest) -> FilePath {
        folder.appending("\(digest.algorithm.rawValue)-\(digest.value)")
    }

    private func fetched(_ image: WorkImage, by fetch: Fetching) async throws(DriverFault) -> FilePath {
        let path = path(of: image.digest)
        try makeReady()
        if size(of: path) == image.size { return path }
        try makeRoom(for: image)
        let number = try open(image)
        do throws(Fault) {
            try await fetch { piece throws(Fault) in try await self.take(piece, number, image) }
        } catch {
            throw close(number, after: error, image)
        }
        try finish(number, image, as: path)
        return path
    }

    /// Empties the folder once: what an earlier process left may be half.
    private func makeReady() throws(DriverFault) {
        guard !isReady else { return }
        do {
            try FileManager.default.createDirectory(
                atPath: folder.string, withIntermediateDirectories: true, attributes: [.posixPermissions: 0o700])
            for name in try FileManager.default.contentsOfDirectory(atPath: folder.string) {
                remove(folder.appending(name))
            }
            isReady = true
        } catch {
            throw DriverFault("The folder '\(folder)' for images cannot be used: \(error).")
        }
    }

    private func makeRoom(for image: WorkImage) throws(DriverFault) {
        let busy = Set((used.keys.map { self.path(of: $0) } + drafts.values.map(\.path)).map(\.string))
        var total = image.size
        for name in (try? FileManager.default.contentsOfDirectory(atPath: folder.string)) ?? [] {
            let path = folder.appending(name)
            if total + (size(of: path) ?? 0) > limit, !busy.contains(path.string) {
                remove(path)
            } else {
                total += size(of: path) ?? 0
            }
        }
        guard total <= limit else {
            throw DriverFault(
                "The image has \(image.size) bytes, and '\(folder)' has no room for them beside the images that are being "
                    + "loaded; it holds \(limit).")
        }
    }

    private func open(_ image: WorkImage) throws(DriverFault) -> Int {
        count += 1
        let path = folder.appending("draft-\(count)")
        do {
            let descriptor = try FileDescriptor.open(
                path, .writeOnly, options: [.create, .truncate, .closeOnExec], permissions: .ownerReadWrite)
            drafts[count] = Draft(path: path, descriptor: descriptor, running: .init(image.digest.algorithm))
            return count
        } catch {
            throw DriverFault("The image cannot be written to '\(folder)': \(error).")
        }
    }

    private func take(_ piece: [UInt8], _ number: Int, _ image: WorkImage) throws(Fault) {
        guard var draft = drafts[number] else { throw .internalError("no draft \(number) is open") }
        draft.running.take(piece)
        drafts[number] = draft
        guard draft.running.size <= image.size else {
            throw Fault(.badGateway, "More than the \(image.size) bytes of image \(image.id) came.")
        }
        do {
            try draft.descriptor.writeAll(piece)
        } catch {
            throw Fault(.conflict, "The image cannot be written to '\(folder)': \(error).")
        }
    }

    /// Why the data did not come, after the draft is gone. What broke off comes again; other data do not get right.
    private func close(_ number: Int, after fault: Fault, _ image: WorkImage) -> DriverFault {
        guard let draft = drafts.removeValue(forKey: number) else { return DriverFault(fault.message) }
        try? draft.descriptor.close()
        remove(draft.path)
        if draft.running.size == image.size, !draft.running.matches(image.digest) { return Self.others(image) }
        return DriverFault(fault.message, isTransient: fault.kind == .unavailable || fault.kind == .internalError)
    }

    private func finish(_ number: Int, _ image: WorkImage, as path: FilePath) throws(DriverFault) {
        guard let draft = drafts.removeValue(forKey: number) else { return }
        try? draft.descriptor.close()
        guard draft.running.size == image.size else {
            remove(draft.path)
            throw DriverFault(
                "\(draft.running.size) of the \(image.size) bytes of image \(image.id) came.", isTransient: true)
        }
        guard draft.running.matches(image.digest) else {
            remove(draft.path)
            throw Self.others(image)
        }
        // Of two that brought it, one is enough; the other's may be read already.
        guard size(of: path) != image.size else { return remove(draft.path) }
        do {
            try FileManager.default.moveItem(atPath: draft.path.string, toPath: path.string)
        } catch {
            remove(draft.path)
            throw DriverFault("The image cannot be kept in '\(folder)': \(error).")
        }
    }

    private static func others(_ image: WorkImage) -> DriverFault {
        DriverFault(
            "The data of image \(image.id) have another \(image.digest.algorithm.rawValue) than its record; nothing was loaded."
        )
    }

    private func size(of path: FilePath) -> Int? {
        guard let attributes = try? FileManager.default.attributesOfItem(atPath: path.string) else { return nil }
        return (attributes[.size] as? Int) ?? (attributes[.size] as? UInt64).map { Int($0) }
    }

    private func remove(_ path: FilePath) { try? FileManager.default.removeItem(atPath: path.string) }
}
