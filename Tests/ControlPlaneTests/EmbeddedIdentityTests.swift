import Access
import Foundation
import Identity
import Model
import Settings
import Testing

@testable import ControlPlane

@Suite("Keys of tokens")
struct EmbeddedIdentityTests {
    @Test("over PostgreSQL a folder is needed only where tokens are issued here", arguments: ["noauth2", "keystone"])
    func otherIdentity(strategy: String) async throws {
        var overrides: [String: SettingsValue] = [
            "database.url": .text("postgresql://db/kilonova"), "auth.auth_strategy": .text(strategy),
        ]
        if strategy == "keystone" { overrides["keystone.auth_url"] = .text("https://keystone.example/v3") }
        let keyring = try await EmbeddedIdentity.keyring(try Settings(overrides: overrides))
        #expect(keyring.folder == nil)
        #expect(try await !keyring.reload())
    }

    @Test("where they are, all replicas need the same keys")
    func ownIdentity() async throws {
        let settings = try Settings(overrides: ["database.url": .text("postgresql://db/kilonova")])
        let fault = await #expect(throws: Fault.self) { try await EmbeddedIdentity.keyring(settings) }
        #expect(fault?.message.contains("identity.fernet_key_repository") == true)
    }

    @Test("a folder that is named is used whatever the strategy")
    func named() async throws {
        let folder = FileManager.default.temporaryDirectory.appending(path: "kilonova-keys-\(UUID().uuidString)")
        defer { try? FileManager.default.removeItem(at: folder) }
        let settings = try Settings(overrides: [
            "database.url": .text("postgresql://db/kilonova"), "auth.auth_strategy": .text("noauth2"),
            "identity.fernet_key_repository": .text(folder.path),
        ])
        #expect(try await EmbeddedIdentity.keyring(settings).folder == folder.path)
    }
}
