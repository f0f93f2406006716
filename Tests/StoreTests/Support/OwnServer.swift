import Foundation

/// A PostgreSQL server of one test's own, which it may restart.
struct OwnServer {
    let url: String
    private let folder: URL

    init() throws {
        folder = FileManager.default.temporaryDirectory.appending(path: "kilonova-server-\(UUID().uuidString)")
        url = try Self.run("start", folder).trimmingCharacters(in: .whitespacesAndNewlines)
    }

    /// Kills it without warning and starts it again. Returns when it answers.
    func restart() throws {
        _ = try Self.run("restart", folder)
    }

    func stop() throws {
        _ = try Self.run("stop", folder)
    }

    private static func run(_ command: String, _ folder: URL) throws -> String {
        let tests = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        let script = tests.deletingLastPathComponent().appending(path: "Scripts/postgres.sh")
        let child = try Child("/bin/sh", [script.path, command, folder.path])
        let said = child.readAll()
        guard child.wait() == 0 else { throw CocoaError(.executableLoad) }
        return said
    }
}
