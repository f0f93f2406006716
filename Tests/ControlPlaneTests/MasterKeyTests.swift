import API
import Foundation
import KeyManager
import Logging
import Model
import Settings
import Store
import Testing

@testable import ControlPlane

/// The master keys of the key manager in a whole control plane.
@Suite struct MasterKeyTests {
    private static let quiet = Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }

    private func settings(_ folder: String, _ services: [String]) throws -> Settings {
        try Settings(overrides: [
            "database.url": .text("sqlite://\(folder)/k.sqlite"), "auth.auth_strategy": .text("noauth2"),
            "services.enabled": .list(services.map { .text($0) }),
        ])
    }

    private func withFolder(_ body: (String) async throws -> Void) async throws {
        let folder = FileManager.default.temporaryDirectory.appending(path: "kilonova-\(UUID().uuidString)")
        try FileManager.default.createDirectory(
            at: folder, withIntermediateDirectories: true, attributes: [.posixPermissions: 0o700])
        defer { try? FileManager.default.removeItem(at: folder) }
        try await body(folder.path)
    }

    @Test func `they are made beside the database, and are part of a backup`() async throws {
        try await withFolder { folder in
            let settings = try settings(folder, ["placement", "key_manager"])
            let plane = try await ControlPlane.open(settings, Self.quiet)
            try await plane.prepare()
            #expect(plane.services.contains { $0.name == "key-manager" && $0.prefix == "/key-manager" })
            await plane.engine.close()
            #expect(try FileManager.default.contentsOfDirectory(atPath: "\(folder)/master-keys") == ["1.key"])
            let parts = try BackupPart.all(BackedUpState(server: settings))
            #expect(parts.contains { $0.name == "master-keys" && $0.place == "\(folder)/master-keys" })
            let rotated = try await MasterKeys.rotate(settings, makesKey: true, logger: Self.quiet)
            #expect(rotated.folder == "\(folder)/master-keys" && rotated.secrets == 0)
            #expect(try FileManager.default.contentsOfDirectory(atPath: rotated.folder).sorted() == ["1.key", "2.key"])
        }
    }

    @Test func `without a key manager there are none`() async throws {
        try await withFolder { folder in
            let settings = try settings(folder, ["placement"])
            let plane = try await ControlPlane.open(settings, Self.quiet)
            #expect(!plane.services.contains { $0.name == "key-manager" })
            await plane.engine.close()
            #expect(!FileManager.default.fileExists(atPath: "\(folder)/master-keys"))
            #expect(try !BackupPart.all(BackedUpState(server: settings)).contains { $0.name == "master-keys" })
            await #expect(throws: Fault.self) {
                try await MasterKeys.rotate(settings, makesKey: true, logger: Self.quiet)
            }
        }
    }

    @Test func `replicas on PostgreSQL need a folder`() throws {
        let settings = try Settings(overrides: [
            "database.url": .text("postgresql://kilonova@127.0.0.1/kilonova"),
            "services.enabled": .list([.text("key_manager")]),
        ])
        let fault = #expect(throws: Fault.self) { try MasterKeyPlace.folder(settings) }
        #expect(fault?.message.contains("key_manager.master_keys is needed") == true)
    }
}
