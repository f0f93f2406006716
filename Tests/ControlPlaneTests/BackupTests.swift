import Foundation
import Logging
import Model
import Settings
import Store
import StoreSQLite
import Testing

@testable import ControlPlane

/// What is copied while a control plane writes can be put back, whole.
@Suite struct BackupTests {
    private struct Place: Sendable {
        let root: URL
        var state: String { root.appending(path: "state").path }
        var backup: String { root.appending(path: "backup").path }

        func settings(_ folder: String) throws -> Settings {
            try Settings(overrides: [
                "database.url": .text("sqlite://\(folder)/kilonova.sqlite"),
                "agents.authority_folder": .text("\(folder)/authority"),
                "identity.password_hash_rounds": .text("4"),
            ])
        }
    }

    private static let quiet = Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }

    private func withPlace(_ body: (Place) async throws -> Void) async throws {
        let root = FileManager.default.temporaryDirectory.appending(path: "kilonova-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: root, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: root) }
        let place = Place(root: root)
        try FileManager.default.createDirectory(atPath: place.state, withIntermediateDirectories: true)
        try await body(place)
    }

    private func note(_ number: Int, on store: any StateStore) async throws {
        try await store.write { transaction in
            try transaction.execute(
                "INSERT INTO change_log (kind, key, generation) VALUES ('test', \("k\(number)"), \(number))")
        }
    }

    private func notes(in file: String) async throws -> Set<String> {
        let store = try SQLiteStore(path: file)
        let keys = try await store.read { transaction in
            try transaction.all("SELECT key FROM change_log WHERE kind = 'test'") { row in try row[0] as String }
        }
        await store.close()
        return Set(keys)
    }

    @Test func `what was acknowledged before is in it, though others write meanwhile, and it goes back`() async throws {
        try await withPlace { place in
            let settings = try place.settings(place.state)
            let plane = try await ControlPlane.open(settings, Self.quiet)
            for number in 0..<50 { try await note(number, on: plane.engine) }
            let summary = try await withThrowingTaskGroup(of: Void.self) { group in
                group.addTask {
                    var number = 1000
                    while !Task.isCancelled {
                        try await note(number, on: plane.engine)
                        number += 1
                    }
                }
                let summary = try await Backup(BackedUpState(server: settings)).make(in: place.backup)
                group.cancelAll()
                do { try await group.waitForAll() } catch is CancellationError {}
                return summary
            }
            #expect(summary.hasDatabase && summary.files >= 5)
            await plane.engine.close()
            for name in try FileManager.default.subpathsOfDirectory(atPath: place.backup) + [""] {
                let attributes = try FileManager.default.attributesOfItem(atPath: "\(place.backup)/\(name)")
                #expect((attributes[.posixPermissions] as? Int).map { $0 & 0o077 } == 0, "\(name)")
            }
            #expect(try await Restoration.verify(place.backup) == summary.files)

            let elsewhere = place.root.appending(path: "elsewhere").path
            let moved = try place.settings(elsewhere)
            _ = try await Restoration(BackedUpState(server: moved)).run(from: place.backup)
            let restored = try await notes(in: elsewhere + "/kilonova.sqlite")
            #expect(restored.isSuperset(of: (0..<50).map { "k\($0)" }))
            for folder in ["token-keys", "certificate-keys", "authority"] {
                let before = try FileManager.default.contentsOfDirectory(atPath: "\(place.state)/\(folder)").sorted()
                let after = try FileManager.default.contentsOfDirectory(atPath: "\(elsewhere)/\(folder)").sorted()
                #expect(before == after && !after.isEmpty, "\(folder)")
            }
            // It runs there.
            let again = try await ControlPlane.open(moved, Self.quiet)
            #expect(await again.engine.trouble() == nil)
            await again.engine.close()
        }
    }

    @Test func `nothing that is there is overwritten`() async throws {
        try await withPlace { place in
            let settings = try place.settings(place.state)
            let plane = try await ControlPlane.open(settings, Self.quiet)
            try await note(1, on: plane.engine)
            _ = try await Backup(BackedUpState(server: settings)).make(in: place.backup)
            let second = await #expect(throws: Fault.self) {
                try await Backup(BackedUpState(server: settings)).make(in: place.backup)
            }
            #expect(second?.kind == .conflict)
            try await note(2, on: plane.engine)
            await plane.engine.close()
            let fault = await #expect(throws: Fault.self) {
                try await Restoration(BackedUpState(server: settings)).run(from: place.backup)
            }
            #expect(fault?.kind == .conflict)
            #expect(fault?.message.contains("\(place.state)/kilonova.sqlite") == true)
            #expect(try await notes(in: "\(place.state)/kilonova.sqlite") == ["k1", "k2"])
            let names = try FileManager.default.contentsOfDirectory(atPath: place.state)
            #expect(!names.contains { $0.contains("restored") })
        }
    }

    @Test(arguments: ["kilonova.sqlite", "token-keys/0", "agents-authority/authority.pem", "manifest.json"])
    func `a damaged backup is refused before anything is written`(file: String) async throws {
        try await withPlace { place in
            let settings = try place.settings(place.state)
            try await ControlPlane.open(settings, Self.quiet).engine.close()
            _ = try await Backup(BackedUpState(server: settings)).make(in: place.backup)
            let path = URL(fileURLWithPath: place.backup).appending(path: file)
            var bytes = try Data(contentsOf: path)
            bytes[bytes.count / 2] ^= 1
            try bytes.write(to: path)
            let elsewhere = place.root.appending(path: "elsewhere").path
            let fault = await #expect(throws: Fault.self) {
                try await Restoration(BackedUpState(server: try place.settings(elsewhere))).run(from: place.backup)
            }
            #expect(fault?.kind == .badRequest, "\(String(describing: fault))")
            #expect(!FileManager.default.fileExists(atPath: elsewhere + "/kilonova.sqlite"))
        }
    }

    @Test func `a manifest cannot lead out of the backup`() async throws {
        try await withPlace { place in
            try FileManager.default.createDirectory(atPath: place.backup, withIntermediateDirectories: true)
            for path in ["../state/x", "/etc/passwd", "token-keys/../../x", "", "a//b"] {
                let manifest = BackupManifest(
                    format: 1, program: "0", madeAt: "", engine: "sqlite",
                    files: [.init(path: path, bytes: 1, sha256: "")])
                try Data(manifest.encoded()).write(
                    to: URL(fileURLWithPath: place.backup).appending(path: "manifest.json"))
                let fault = await #expect(throws: Fault.self) { try await Restoration.verify(place.backup) }
                #expect(fault?.message.contains("outside") == true, "\(path)")
            }
        }
    }

    @Test func `a backup of a newer program's database is refused`() async throws {
        try await withPlace { place in
            let settings = try place.settings(place.state)
            let plane = try await ControlPlane.open(settings, Self.quiet)
            try await plane.engine.write { transaction in
                try transaction.execute(
                    "INSERT INTO schema_migrations (room, number, title, checksum, applied_at) VALUES ('later', 1, '', 1, 1)"
                )
            }
            await plane.engine.close()
            _ = try await Backup(BackedUpState(server: settings)).make(in: place.backup)
            let elsewhere = place.root.appending(path: "elsewhere").path
            let fault = await #expect(throws: Fault.self) {
                try await Restoration(BackedUpState(server: try place.settings(elsewhere))).run(from: place.backup)
            }
            #expect(fault?.message.contains("newer") == true, "\(String(describing: fault))")
            #expect(!FileManager.default.fileExists(atPath: elsewhere + "/kilonova.sqlite"))
        }
    }
}
