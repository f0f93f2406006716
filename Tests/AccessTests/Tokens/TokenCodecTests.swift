import FoundationEssentials
import Model
import Testing

@testable import Access

@Suite("Tokens and their keys")
struct TokenCodecTests {
    private let user = UserID("0123456789abcdef0123456789abcdef")
    private let start = Timestamp(microseconds: 1_800_000_000_000_000)

    private func payload(_ scope: TokenPayload.Scope, credential: ApplicationCredentialID? = nil) -> TokenPayload {
        TokenPayload(
            user: user, methods: [.password, .token], scope: scope, applicationCredential: credential, issued: start,
            expires: start + .seconds(3600), auditIDs: [AuditID(), AuditID()])
    }

    @Test("carries every scope and stays under 255 characters")
    func scopes() async throws {
        let folder = try TemporaryFolder()
        let clock = Clock(start)
        let codec = TokenCodec(keyring: try await .loadOrCreate(folder: folder.path), time: clock.source)
        let scopes: [TokenPayload.Scope] = [
            .unscoped, .system, .domain("default"), .project("fedcba9876543210fedcba9876543210"), .project("näme"),
        ]
        for scope in scopes {
            for credential in [nil, ApplicationCredentialID("00112233445566778899aabbccddeeff")] {
                let payload = payload(scope, credential: credential)
                let token = try codec.seal(payload)
                #expect(token.revealed.utf8.count < 255)
                #expect(token.revealed.hasPrefix("gAAAAA") && !token.revealed.contains("="))
                #expect(await codec.open(token) == payload)
            }
        }
    }

    @Test("an id that cannot be written is refused, not cut")
    func impossibleIDs() async throws {
        let folder = try TemporaryFolder()
        let codec = TokenCodec(keyring: try await .loadOrCreate(folder: folder.path), time: Clock(start).source)
        #expect(throws: Fault.self) { _ = try codec.seal(payload(.project(""))) }
        let long = ProjectID(String(repeating: "x", count: 256))
        #expect(throws: Fault.self) { _ = try codec.seal(payload(.project(long))) }
    }

    @Test("ends when it says, later with grace, and does not come from the future")
    func expiry() async throws {
        let folder = try TemporaryFolder()
        let clock = Clock(start)
        let codec = TokenCodec(keyring: try await .loadOrCreate(folder: folder.path), time: clock.source)
        let token = try codec.seal(payload(.system))
        clock.set(start + .seconds(3599))
        #expect(await codec.open(token) != nil)
        clock.set(start + .seconds(3600))
        #expect(await codec.open(token) == nil)
        #expect(await codec.open(token, grace: .seconds(60)) != nil)
        clock.set(start - .seconds(30))
        #expect(await codec.open(token) != nil)
        clock.set(start - .seconds(61))
        #expect(await codec.open(token) == nil)
    }

    @Test("any changed letter makes it void")
    func tampering() async throws {
        let folder = try TemporaryFolder()
        let codec = TokenCodec(keyring: try await .loadOrCreate(folder: folder.path), time: Clock(start).source)
        let token = Array(try codec.seal(payload(.project("p"))).revealed)
        for index in token.indices {
            var forged = token
            forged[index] = forged[index] == "A" ? "B" : "A"
            #expect(await codec.open(Secret(String(forged))) == nil, "letter \(index)")
        }
        for text in ["", "gAAAAA", String(token.dropLast()), String(token) + "A", String(repeating: "A", count: 5000)] {
            #expect(await codec.open(Secret(text)) == nil)
        }
    }

    @Test("payloads of another version or cut short are void")
    func binaryPayload() throws {
        let bytes = try #require(payload(.project("p")).binary)
        #expect(TokenPayload(binary: bytes) != nil)
        for length in bytes.indices { #expect(TokenPayload(binary: Array(bytes[..<length])) == nil) }
        #expect(TokenPayload(binary: bytes + [0]) == nil)
        #expect(TokenPayload(binary: [2] + bytes.dropFirst()) == nil)
        var flagged = bytes
        flagged[1] |= 0x80
        #expect(TokenPayload(binary: flagged) == nil)
    }

    @Test("rotation: tokens outlive it until their key is dropped; other replicas find new keys by themselves")
    func rotation() async throws {
        let folder = try TemporaryFolder()
        let clock = Clock(start)
        let here = TokenCodec(keyring: try await .loadOrCreate(folder: folder.path), time: clock.source)
        let there = TokenCodec(
            keyring: try await .load(folder: folder.path, time: clock.source), time: clock.source)
        #expect(try folder.names() == ["0", "1"])
        let first = try here.seal(payload(.system))
        #expect(await there.open(first) != nil)

        // The staged key is known everywhere, so the first rotation needs no reload at all.
        try await FernetKeyring.rotate(folder: folder.path)
        #expect(try folder.names() == ["0", "1", "2"])
        let second = TokenCodec(keyring: try await .load(folder: folder.path), time: clock.source)
        #expect(await there.open(try second.seal(payload(.system))) != nil)

        // After two more the other replica has not seen the key yet, and reads the folder again.
        try await FernetKeyring.rotate(folder: folder.path)
        try await FernetKeyring.rotate(folder: folder.path)
        #expect(try folder.names() == ["0", "3", "4"])
        let fresh = TokenCodec(keyring: try await .load(folder: folder.path), time: clock.source)
        #expect(await there.open(try fresh.seal(payload(.system))) != nil)
        #expect(await fresh.open(first) == nil)
    }

    @Test("bad folders are refused with a sentence")
    func folders() async throws {
        let folder = try TemporaryFolder()
        await #expect(throws: KeyringError.self) { _ = try await FernetKeyring.load(folder: folder.path) }
        await #expect(throws: KeyringError.self) { _ = try await FernetKeyring.load(folder: folder.path + "/none") }
        let keyring = try await FernetKeyring.loadOrCreate(folder: folder.path)
        try folder.setMode(0o644, of: "1")
        await #expect(throws: KeyringError.self) { _ = try await FernetKeyring.load(folder: folder.path) }
        await #expect(throws: KeyringError.self) { try await keyring.reload() }
        try folder.setMode(0o600, of: "1")
        #expect(try await keyring.reload() == false)
        try Data("short".utf8).write(to: folder.url("2"))
        try folder.setMode(0o600, of: "2")
        await #expect(throws: KeyringError.self) { _ = try await FernetKeyring.load(folder: folder.path) }
        #expect(keyring.current.all.count == 2)
    }
}
