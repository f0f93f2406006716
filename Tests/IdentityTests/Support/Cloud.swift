import API
import Access
import FoundationEssentials
import HTTPTypes
import Identity
import Logging
import Model
import Store
import TestStore
import Testing

/// A cloud of one Identity service behind a dispatcher, fresh for each test.
///
/// Users: `admin`, the service user `nova`, and `demo`, member of project `demo`.
struct Cloud {
    let clock: Clock
    let store: any StateStore
    let identity: IdentityService
    let dispatcher: Dispatcher
    let ids: IdentityService.Bootstrapped
    let pauses: Pauses

    static let adminPassword = "right horse"
    static let demoPassword = "demo's own"
    static let servicePassword = "nova's own"

    struct Answer {
        let status: Int
        let headers: HTTPFields
        let body: JSONValue

        /// The value below members and indexes: `answer["users", 0, "id"]`.
        subscript(path: any PathStep...) -> JSONValue? {
            var value: JSONValue? = body
            for step in path { value = value.flatMap { step.down($0) } }
            return value
        }

        func text(_ path: any PathStep...) throws -> String {
            var value: JSONValue? = body
            for step in path { value = value.flatMap { step.down($0) } }
            guard case .text(let text)? = value else { throw Missing(path: "\(path)", body: shown) }
            return text
        }

        /// The text below `path` of each element of a list.
        func texts(_ list: String, _ path: String...) -> [String] {
            guard case .array(let elements)? = body[list] else { return [] }
            return elements.compactMap { element in
                let value = path.reduce(Optional(element)) { value, name in value?[name] }
                return if case .text(let text)? = value { text } else { nil }
            }
        }

        var message: String { if case .text(let text)? = self["error", "message"] { text } else { "" } }

        var shown: String {
            var json = JSONWriter()
            json.value(body)
            return String(decoding: json.bytes, as: UTF8.self)
        }
    }

    struct Missing: Error {
        let path: String
        let body: String
    }

    static func plan() -> BootstrapPlan {
        var plan = BootstrapPlan(adminPassword: Secret(adminPassword))
        plan.serviceUsers = [.init(name: "nova", password: Secret(servicePassword))]
        plan.members = [.init(account: .init(name: "demo", password: Secret(demoPassword)), project: "demo")]
        plan.catalog = [
            .init(type: "identity", name: "keystone", url: "http://127.0.0.1/identity"),
            .init(type: "placement", name: "placement", url: "http://127.0.0.1/placement"),
            .init(type: "object-store", name: "swift", url: "http://127.0.0.1/v1/AUTH_$(project_id)s"),
        ]
        return plan
    }

    init(clock: Clock = Clock(), _ change: (inout IdentityOptions) -> Void = { _ in }) async throws {
        self.clock = clock
        pauses = Pauses(clock)
        store = try await TestStore.open(IdentityMigrations.all)
        var options = IdentityOptions()
        change(&options)
        let folder = FileManager.default.temporaryDirectory.path + "/identity-\(UUID().uuidString)"
        try FileManager.default.createDirectory(
            atPath: folder, withIntermediateDirectories: true, attributes: [.posixPermissions: 0o700])
        defer { try? FileManager.default.removeItem(atPath: folder) }
        let keyring = try await FernetKeyring.loadOrCreate(folder: folder, time: clock.source)
        identity = IdentityService(
            store: store, codec: TokenCodec(keyring: keyring, time: clock.source), hasher: PasswordHasher(cost: 4),
            options: options, time: clock.source, pause: { [pauses] in try await pauses.pause($0) })
        let engine = try PolicyEngine(rules: IdentityPolicy.rules)
        dispatcher = Dispatcher(
            [
                identity.service(
                    authenticator: identity.authenticator(),
                    authorizer: PolicyAuthorizer(engine: engine, wording: .identity))
            ], logger: Logger(label: "test", factory: { _ in SwiftLogNoOpLogHandler() }),
            answers: AnswerCheck { Issue.record("\($0)") })
        ids = try await identity.bootstrap(Self.plan())
    }

    // MARK: Requests

    @discardableResult
    func send(
        _ method: HTTPRequest.Method, _ path: String, _ body: JSONValue? = nil, token: String? = nil,
        headers: [String: String] = [:], from address: String = "127.0.0.1"
    ) async throws -> Answer {
        var fields: HTTPFields = [:]
        fields[.authToken] = token
        for (name, value) in headers { fields[try #require(HTTPField.Name(name))] = value }
        var bytes: [UInt8] = []
        if let body {
            var json = JSONWriter()
            json.value(body)
            bytes = json.bytes
            fields[.contentType] = "application/json"
        }
        let response = await dispatcher.respond(
            to: APIRequest(
                method, "/identity" + path, headers: fields, body: bytes,
                peer: Peer(address: address, isLoopback: false, origin: "http://127.0.0.1")))
        let answer = try await response.bytes()
        return Answer(
            status: response.status, headers: response.headers,
            body: answer.isEmpty ? .null : try JSONValue(json: answer))
    }

    /// The body of a sign-in by password.
    static func passwordBody(_ user: String, _ password: String, scope: JSONValue?) -> JSONValue {
        var auth: [JSONValue.Member] = [
            .init(
                "identity",
                [
                    "methods": ["password"],
                    "password": [
                        "user": ["name": .text(user), "domain": ["id": "default"], "password": .text(password)]
                    ],
                ])
        ]
        if let scope { auth.append(.init("scope", scope)) }
        return ["auth": .object(auth)]
    }

    func signIn(
        _ user: String, _ password: String, scope: JSONValue?, from address: String = "127.0.0.1"
    ) async throws -> Answer {
        try await send(
            .post, "/v3/auth/tokens", Self.passwordBody(user, password, scope: scope), from: address)
    }

    static func project(_ name: String) -> JSONValue {
        ["project": ["name": .text(name), "domain": ["id": "default"]]]
    }

    func token(_ user: String, _ password: String, scope: JSONValue?) async throws -> String {
        let answer = try await signIn(user, password, scope: scope)
        guard answer.status == 201 else { throw Missing(path: "token of \(user)", body: answer.shown) }
        return try #require(answer.headers[.subjectToken])
    }

    func adminToken() async throws -> String {
        try await token("admin", Self.adminPassword, scope: Self.project("admin"))
    }

    func demoToken() async throws -> String {
        try await token("demo", Self.demoPassword, scope: Self.project("demo"))
    }

    func serviceToken() async throws -> String {
        try await token("nova", Self.servicePassword, scope: Self.project("service"))
    }

    /// Validates as a service does.
    func validate(_ token: String, by asker: String, query: String = "") async throws -> Answer {
        try await send(.get, "/v3/auth/tokens\(query)", token: asker, headers: ["X-Subject-Token": token])
    }

    func id(of name: String, in plural: String) async throws -> String {
        let found = try await send(.get, "/v3/\(plural)?name=\(name)", token: try await adminToken())
        return try #require(found.texts(plural, "id").first, "no \(name) in \(found.shown)")
    }
}

/// A member's name or an element's place.
protocol PathStep: Sendable {
    func down(_ value: JSONValue) -> JSONValue?
}

extension String: PathStep {
    func down(_ value: JSONValue) -> JSONValue? { value[self] }
}

extension Int: PathStep {
    func down(_ value: JSONValue) -> JSONValue? {
        guard case .array(let elements) = value, elements.indices.contains(self) else { return nil }
        return elements[self]
    }
}
