import API
import Access
import Foundation
import HTTPTypes
import KeyManager
import Logging
import Model
import Store
import Synchronization
import TestJSON
import TestStore
import Testing

/// The key manager on a database and with master keys of its own, with a clock that the test turns.
final class KeyManagerFixture: Sendable {
    let store: any StateStore
    let clock: Clock
    /// Of the master keys.
    let folder: String
    let service: KeyManagerService
    let authorizer: PolicyAuthorizer
    let dispatcher: Dispatcher
    private let isOwner: Bool

    /// - Parameters:
    ///   - other: whose database this one shares
    ///   - keys: whether it shares the master keys, too
    init(
        _ options: KeyManagerOptions = KeyManagerOptions(), legacy: Bool = false, on other: KeyManagerFixture? = nil,
        sharingKeys keys: Bool = true
    ) async throws {
        isOwner = other == nil
        clock = other?.clock ?? Clock()
        if let other {
            store = other.store
        } else {
            store = try await TestStore.open(KeyManagerMigrations.all)
        }
        let own = FileManager.default.temporaryDirectory.appending(path: "master-keys-\(UUID())").path
        folder = keys ? other?.folder ?? own : own
        service = try await KeyManagerService(
            store: store, masterKeys: folder, options: options, time: clock.source)
        authorizer = PolicyAuthorizer(
            engine: try PolicyEngine(rules: KeyManagerPolicy.rules, heedsLegacyDefaults: legacy), wording: .keyManager)
        dispatcher = Dispatcher(
            [service.service(authenticator: PersonaAuthenticator(), authorizer: authorizer)],
            logger: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() },
            answers: AnswerCheck { Issue.record("\($0)") })
    }

    deinit {
        guard isOwner else { return }
        try? FileManager.default.removeItem(atPath: folder)
        let store = store
        Task { await store.close() }
    }

    final class Clock: Sendable {
        private let now = Mutex(Timestamp(microseconds: 1_795_219_649_834_118))

        var source: TimeSource { TimeSource { [self] in now.withLock { $0 } } }

        func advance(_ duration: Duration) { now.withLock { $0 = $0 + duration } }
    }

    @discardableResult
    func call(
        _ method: HTTPRequest.Method, _ path: String, _ body: JSON? = nil, as persona: Persona = .member,
        headers: [(String, String)] = []
    ) async throws -> Answer {
        var bytes: [UInt8] = []
        var headers = headers
        if let body {
            headers.append(("Content-Type", "application/json"))
            bytes = Array(try JSONEncoder().encode(body))
        }
        return try await send(method, path, bytes, as: persona, headers: headers)
    }

    @discardableResult
    func send(
        _ method: HTTPRequest.Method, _ path: String, _ bytes: [UInt8], as persona: Persona = .member,
        headers: [(String, String)] = []
    ) async throws -> Answer {
        var fields: HTTPFields = [:]
        if persona != .nobody { fields[.authToken] = persona.rawValue }
        for (name, value) in headers {
            if let name = HTTPField.Name(name) { fields[name] = value }
        }
        let response = await dispatcher.respond(
            to: APIRequest(method, "/key-manager\(path)", headers: fields, body: bytes))
        return Answer(status: response.status, headers: response.headers, bytes: try await response.bytes())
    }

    /// A new secret; returns its path below the service.
    func secret(_ body: JSON = [:], as persona: Persona = .member) async throws -> String {
        let answer = try await call(.post, "/v1/secrets/", body, as: persona)
        guard answer.status == 201 else { throw Fault.internalError("\(answer.status) \(answer.text)") }
        clock.advance(.seconds(1))
        let reference = answer.json["secret_ref"].text
        #expect(reference.hasPrefix("http://127.0.0.1/key-manager/v1/secrets/"))
        #expect(answer.header("Location") == reference)
        return "/v1/secrets/\(reference.split(separator: "/").last ?? "")"
    }

    /// A new secret with a payload as bytes.
    func secret(
        holding bytes: [UInt8], type: String = "opaque", as persona: Persona = .member
    ) async throws -> String {
        try await secret(
            [
                "payload": .text(Data(bytes).base64EncodedString()), "payload_content_type": "application/octet-stream",
                "payload_content_encoding": "base64", "secret_type": .text(type),
            ], as: persona)
    }

    func payload(
        of secret: String, as persona: Persona = .member, accept: String = "application/octet-stream"
    ) async throws -> Answer {
        try await call(.get, "\(secret)/payload", as: persona, headers: [("Accept", accept)])
    }
}

/// What a call answered.
struct Answer: Sendable {
    let status: Int
    let headers: HTTPFields
    let bytes: [UInt8]

    var json: JSON { (try? JSONDecoder().decode(JSON.self, from: Data(bytes))) ?? .null }
    var text: String { String(decoding: bytes, as: UTF8.self) }
    /// The sentence of an error.
    var fault: String { json["description"].text }

    func header(_ name: String) -> String? { HTTPField.Name(name).flatMap { headers[$0] } }
}
