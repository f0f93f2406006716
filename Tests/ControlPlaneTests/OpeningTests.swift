import Foundation
import Logging
import Model
import Settings
import Testing

@testable import ControlPlane

/// What an operator reads when something cannot be opened: one sentence that names it, and no secret.
@Suite struct OpeningTests {
    private static let quiet = Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }

    private func folder() throws -> URL {
        let folder = FileManager.default.temporaryDirectory.appending(path: "kilonova-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        return folder
    }

    private func refusal(_ url: String) async throws -> String {
        let settings = try Settings(overrides: ["database.url": .text(url)])
        let fault = await #expect(throws: Fault.self) { try await ControlPlane.open(settings, Self.quiet) }
        return fault?.message ?? ""
    }

    @Test func `a database that cannot be opened is named`() async throws {
        let folder = try folder()
        defer { try? FileManager.default.removeItem(at: folder) }
        let missing = try await refusal("sqlite://\(folder.path)/none/k.sqlite")
        #expect(missing.contains("'\(folder.path)/none/k.sqlite'") && missing.contains("must be there"), "\(missing)")
        let empty = folder.appending(path: "empty.sqlite").path
        _ = FileManager.default.createFile(atPath: empty, contents: nil)
        #expect(try await refusal("sqlite://\(empty)").contains("is empty"))
        let text = folder.appending(path: "text.sqlite").path
        _ = FileManager.default.createFile(atPath: text, contents: Data(String(repeating: "text ", count: 900).utf8))
        #expect(try await refusal("sqlite://\(text)").contains("no SQLite database"))
    }

    @Test func `a server that cannot be reached is named without its password`() async throws {
        let message = try await refusal("postgresql://kilonova:hunter2@127.0.0.1:1/cloud?connect_timeout=2")
        #expect(message.contains("127.0.0.1:1/cloud"), "\(message)")
        #expect(!message.contains("hunter2"))
    }

    @Test func `a data folder that cannot be used is named, with the reason`() throws {
        let folder = try folder()
        defer { try? FileManager.default.removeItem(at: folder) }
        let file = folder.appending(path: "file").path
        _ = FileManager.default.createFile(atPath: file, contents: nil)
        for path in [file, file + "/below"] {
            let fault = #expect(throws: Fault.self) { try DataFolder.open(path) }
            #expect(fault?.message.contains("'\(path)'") == true, "\(String(describing: fault))")
            #expect(fault?.message.contains("directory") == true, "\(String(describing: fault))")
        }
        let held = try DataFolder.open(folder.path)
        let fault = #expect(throws: Fault.self) { try DataFolder.open(folder.path) }
        #expect(fault?.message.contains("'\(folder.path)'") == true)
        held.release()
    }
}
