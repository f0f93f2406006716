import Crypto
import Foundation
import HTTPTypes
import KeyManager
import Model
import Store
import TestJSON
import TestStore
import Testing

/// Payloads in the database: sealed, bound to their rows, and opened with the master key that each row names.
@Suite(.everyEngine) struct SealingTests {
    private struct Row: Sendable, Equatable {
        let masterKey: String
        let wrappedKey: Data
        let sealed: Data
    }

    private func row(of secret: String, _ fixture: KeyManagerFixture) async throws -> Row {
        let id = String(secret.split(separator: "/").last ?? "")
        let row = try await fixture.store.read { transaction in
            try transaction.first(
                "SELECT master_key, wrapped_key, sealed FROM key_manager_payloads WHERE secret = \(id)"
            ) { row in Row(masterKey: try row[0], wrappedKey: try row[1], sealed: try row[2]) }
        }
        return try #require(row)
    }

    private func set(_ row: Row, of secret: String, _ fixture: KeyManagerFixture) async throws {
        let id = String(secret.split(separator: "/").last ?? "")
        try await fixture.store.write { transaction in
            try transaction.execute(
                """
                UPDATE key_manager_payloads SET master_key = \(row.masterKey), wrapped_key = \(row.wrappedKey),
                    sealed = \(row.sealed) WHERE secret = \(id)
                """)
        }
    }

    @Test func `the database does not tell a payload`() async throws {
        let fixture = try await KeyManagerFixture()
        let bytes = Array("a passphrase that nobody may know".utf8)
        let secret = try await fixture.secret(holding: bytes)
        let first = try await row(of: secret, fixture)
        #expect(first.sealed.range(of: Data(bytes.prefix(8))) == nil && first.sealed.count == bytes.count + 28)
        #expect(first.wrappedKey.count == 32 + 28)
        // Equal payloads look different.
        let second = try await row(of: fixture.secret(holding: bytes), fixture)
        #expect(first.sealed != second.sealed && first.wrappedKey != second.wrappedKey)
        let name = try #require(try FileManager.default.contentsOfDirectory(atPath: fixture.folder).first)
        let file = try Data(contentsOf: URL(filePath: "\(fixture.folder)/\(name)"))
        let key = try #require(Data(base64Encoded: String(decoding: file, as: UTF8.self).filter { !$0.isWhitespace }))
        #expect(first.masterKey == String(Hexadecimal.text(of: SHA256.hash(data: key)).prefix(16)))
        for path in ["", "/\(name)"] {
            let attributes = try FileManager.default.attributesOfItem(atPath: fixture.folder + path)
            #expect((attributes[.posixPermissions] as? Int).map { $0 & 0o077 } == 0)
        }
    }

    @Test func `a row that was altered, or moved, does not open`() async throws {
        let fixture = try await KeyManagerFixture()
        let secret = try await fixture.secret(holding: [1, 2, 3])
        let other = try await fixture.secret(holding: [4, 5, 6])
        let foreign = try await fixture.secret(holding: [7, 8, 9], as: .otherMember)
        let good = try await row(of: secret, fixture)
        var sealed = good.sealed
        sealed[sealed.startIndex + 20] ^= 1
        let moved = try await row(of: other, fixture)
        let stolen = try await row(of: foreign, fixture)
        for bad in [
            Row(masterKey: good.masterKey, wrappedKey: good.wrappedKey, sealed: sealed), moved, stolen,
            Row(masterKey: good.masterKey, wrappedKey: good.wrappedKey, sealed: moved.sealed),
            Row(masterKey: good.masterKey, wrappedKey: Data([1]), sealed: good.sealed),
        ] {
            try await set(bad, of: secret, fixture)
            let answer = try await fixture.payload(of: secret)
            #expect(answer.status == 500 && !answer.text.contains("altered"))
        }
        try await set(good, of: secret, fixture)
        #expect(try await fixture.payload(of: secret).bytes == [1, 2, 3])
    }

    @Test func `a new master key wraps everything, and the former one is not needed`() async throws {
        let fixture = try await KeyManagerFixture()
        var secrets: [String] = []
        for number in 0..<5 { secrets.append(try await fixture.secret(holding: [UInt8(number)])) }
        let former = try await row(of: secrets[0], fixture)
        // A replica that read the keys before.
        let replica = try await KeyManagerFixture(on: fixture)
        let rotation = MasterKeyRotation(store: fixture.store, folder: fixture.folder)
        #expect(try await rotation.run() == 5)
        let renewed = try await row(of: secrets[0], fixture)
        #expect(renewed.masterKey != former.masterKey && renewed.sealed == former.sealed)
        #expect(try await rotation.run(makesKey: false) == 0)
        try FileManager.default.removeItem(atPath: "\(fixture.folder)/1.key")
        for fixture in [fixture, replica] {
            for (number, secret) in secrets.enumerated() {
                #expect(try await fixture.payload(of: secret).bytes == [UInt8(number)])
            }
            try await fixture.service.checkMasterKeys()
            // And the next one is sealed with the new key.
            let next = try await row(of: fixture.secret(holding: [9]), fixture)
            #expect(next.masterKey == renewed.masterKey)
        }
    }

    @Test func `what was broken off goes on`() async throws {
        let fixture = try await KeyManagerFixture()
        let secret = try await fixture.secret(holding: [1])
        let other = try await fixture.secret(holding: [2])
        let dying = MasterKeyRotation(
            store: MortalStore(fixture.store, dyingAt: 1, commitsLast: false), folder: fixture.folder)
        await #expect(throws: MortalStore.Dead.self) { try await dying.run() }
        #expect(try await fixture.payload(of: secret).bytes == [1])
        let rotation = MasterKeyRotation(store: fixture.store, folder: fixture.folder)
        #expect(try await rotation.run(makesKey: false) == 2)
        #expect(try await fixture.payload(of: other).bytes == [2])
        #expect(try FileManager.default.contentsOfDirectory(atPath: fixture.folder).sorted() == ["1.key", "2.key"])
    }

    @Test func `a replica without the keys is told so at its start, and its callers nothing but that`() async throws {
        let fixture = try await KeyManagerFixture()
        let secret = try await fixture.secret(holding: [1])
        let stranger = try await KeyManagerFixture(on: fixture, sharingKeys: false)
        defer { try? FileManager.default.removeItem(atPath: stranger.folder) }
        let fault = await #expect(throws: Fault.self) { try await stranger.service.checkMasterKeys() }
        #expect(fault?.message.contains("restore the folder from a backup") == true)
        let answer = try await stranger.payload(of: secret)
        #expect(answer.status == 503 && !answer.text.contains(stranger.folder))
        #expect(try await fixture.payload(of: secret).bytes == [1])
    }

    @Test func `keys that others may read, or that are none, are refused`() async throws {
        let fixture = try await KeyManagerFixture()
        let file = "\(fixture.folder)/1.key"
        try FileManager.default.setAttributes([.posixPermissions: 0o644], ofItemAtPath: file)
        let open = await #expect(throws: Fault.self) {
            try await KeyManagerService(store: fixture.store, masterKeys: fixture.folder)
        }
        #expect(open?.message.contains("chmod 600") == true, "\(String(describing: open))")
        try FileManager.default.setAttributes([.posixPermissions: 0o600], ofItemAtPath: file)
        try Data("short".utf8).write(to: URL(filePath: file))
        let short = await #expect(throws: Fault.self) {
            try await KeyManagerService(store: fixture.store, masterKeys: fixture.folder)
        }
        #expect(short?.message.contains("must hold 32 bytes in base64") == true)
        // Who stores something learns nothing of the place.
        let answer = try await fixture.call(
            .post, "/v1/secrets", ["payload": "a", "payload_content_type": "text/plain"])
        #expect(answer.status == 503 && !answer.text.contains(fixture.folder))
    }
}
