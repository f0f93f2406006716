import API
import Accelerators
import Access
import Clients
import Conventions
import Fleet
import FoundationEssentials
import HTTPTypes
import Link
import Logging
import Model
import Sanitisation
import Store
import Synchronization
import TestJSON
import TestPlacement
import TestStore
import Testing
import Workflows

/// The accelerator service on a database of its own, with a clock that the test turns, hosts that the test plays, and
/// a compute service that says what the test wants.
final class AcceleratorFixture: Sendable {
    let store: any StateStore
    private let owned: (any StateStore)?
    /// The store as the service sees it; another than `store` where it dies.
    let serving: any StateStore
    let clock: Clock
    let compute: FakeCompute
    let limits: FakeLimits
    let placement: MemoryPlacement
    let certificates: CertificateKeyring
    let engine: WorkflowEngine
    let service: AcceleratorService
    let dispatcher: Dispatcher

    init(
        limits: FakeLimits? = nil, compute: FakeCompute = FakeCompute(), on other: AcceleratorFixture? = nil,
        dyingAt write: (Int, commitsLast: Bool)? = nil, stage: Stage? = nil, owner: String = "one",
        legacy: Bool = false, patience: Duration = .zero, metrics: MetricsRegistry = MetricsRegistry(),
        images: (any ImageSource)? = nil, certificate: [UInt8]? = nil, requiresSignedImages: Bool = false,
        over given: (any StateStore)? = nil, through wrap: (any StateStore) -> any StateStore = { $0 }
    ) async throws {
        clock = other?.clock ?? Clock()
        if let given {
            store = given
            owned = nil
        } else if let other {
            store = other.store
            owned = nil
        } else {
            store = try await TestStore.open(Self.migrations)
            owned = store
        }
        let store = store
        serving =
            write.map { MortalStore(store, dyingAt: $0.0, commitsLast: $0.commitsLast, onDeath: { stage?.cut() }) }
            ?? wrap(store)
        self.compute = compute
        self.limits = limits ?? FakeLimits()
        placement = other?.placement ?? MemoryPlacement()
        certificates = try await TestKeys.keyring()
        let logger = Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }
        engine = WorkflowEngine(store: serving, owner: owner, time: clock.source, logger: logger)
        service = AcceleratorService(
            store: serving, workflows: engine, dispatch: TableDispatch(), events: compute,
            placement: placement,
            limits: limits.map { $0 as any ProjectLimits } ?? Unlimited(), certificates: certificates, images: images,
            imageCertificates: Self.lookup(certificate),
            requiresSignedImages: requiresSignedImages,
            durations: BindingDurations(answer: patience), time: clock.source, metrics: metrics, logger: logger)
        let authorizer = PolicyAuthorizer(
            engine: try PolicyEngine(rules: AcceleratorPolicy.rules, heedsLegacyDefaults: legacy), wording: .accelerator
        )
        dispatcher = Dispatcher(
            [service.service(authenticator: PersonaAuthenticator(), authorizer: authorizer)], logger: logger,
            answers: AnswerCheck { Issue.record("\($0)") })
    }

    /// A key manager with one certificate; nil for none.
    private static func lookup(
        _ certificate: [UInt8]?
    ) -> (@Sendable (_ id: String, _ caller: Caller) async throws(Fault) -> [UInt8])? {
        guard let certificate else { return nil }
        return { _, _ throws(Fault) in certificate }
    }

    deinit {
        // Connections of a server are few. Nothing waits for it: the test is over.
        if let owned { Task { await owned.close() } }
    }

    static let migrations =
        WorkflowMigrations.all + FleetMigrations.all + AcceleratorMigrations.all + SanitisationMigrations.all
        + CreationMigrations.all + [TableDispatch.migration]

    final class Clock: Sendable {
        private let now = Mutex(Timestamp(microseconds: 1_795_219_649_834_118))
        var source: TimeSource { TimeSource { [self] in now.withLock { $0 } } }
        func advance(_ duration: Duration) { now.withLock { $0 = $0 + duration } }
    }

    // MARK: The host's side

    func report(_ report: HostReport, from host: HostName = "host-a") async throws {
        let now = clock.source.now()
        try await serving.write { [fleet = service.fleet] transaction in
            try fleet.receive(report, from: host, at: now, in: transaction)
        }
    }

    /// What the host has to do, oldest first.
    func work(on host: HostName = "host-a") async throws -> [DeviceWork] {
        try await store.read { try TableDispatch.items(of: host, in: $0) }
    }

    func finish(_ item: DeviceWork, _ outcome: WorkOutcome = .done, on host: HostName = "host-a") async throws {
        try await serving.write { [fleet = service.fleet] transaction in
            try transaction.execute("DELETE FROM test_work WHERE id = \(item.id)")
            try fleet.finished(item.item, on: host, outcome, in: transaction)
        }
        await engine.runDue()
    }

    /// What the connection to a host's agent would note.
    func heartbeat(_ host: HostName, _ state: HostLiveness.State) async throws {
        let now = clock.source.now()
        try await serving.write { [fleet = service.fleet] transaction in
            try transaction.execute(
                """
                INSERT INTO hosts (name, revision, report_generation, state, state_since, proofs, heard_at,
                    proven_at, applied_revision, agent_version, created_at)
                VALUES (\(host), 1, 0, \(state.rawValue), \(now), 1, \(now), \(now), 0, '1.0', \(now))
                ON CONFLICT (name) DO UPDATE SET state = excluded.state, state_since = excluded.state_since,
                    heard_at = excluded.heard_at, proven_at = excluded.proven_at
                """)
            try fleet.changed(host, to: state, at: now, in: transaction)
        }
    }

    /// The agent of a host that is up shows that it still is.
    func proves(_ host: HostName) async throws {
        let now = clock.source.now()
        try await serving.write { transaction in
            _ = try transaction.execute(
                "UPDATE hosts SET heard_at = \(now), proven_at = \(now) WHERE name = \(host)")
        }
        await engine.runDue()
    }

    func withheld(on host: HostName = "host-a") async throws -> [ResourceProviderID] {
        try await withheldParts(on: host).filter { $0.resourceClass == nil }.map(\.provider)
    }

    func withheldParts(on host: HostName = "host-a") async throws -> [ProviderPart] {
        try await store.read { [fleet = service.fleet] in try fleet.disabledParts(of: host, in: $0) }
    }

    /// Kinds of workflows that have not ended.
    func openWorkflows() async throws -> [String] {
        try await store.read { transaction in
            try transaction.all("SELECT definition FROM workflows WHERE state IN ('running', 'undoing')") { row in
                try row[0] as String
            }
        }
    }

    /// How many instances' owners are known.
    func owners() async throws -> Int {
        try await store.read { transaction in
            try transaction.all("SELECT instance FROM instance_owners") { row in try row[0] as String }.count
        }
    }

    /// Of each of these requests.
    func states(_ ids: [String]) async throws -> [String] {
        var states: [String] = []
        for id in ids { states.append(try await show(id)["state"].text) }
        return states
    }

    func handleStates() async throws -> [String: Int] {
        let states = try await store.read { transaction in
            try transaction.all("SELECT state FROM attach_handles") { row in try row[0] as String }
        }
        return Dictionary(states.map { ($0, 1) }) { $0 + $1 }
    }

    // MARK: The client's side

    @discardableResult
    func call(
        _ method: HTTPRequest.Method, _ path: String, _ body: JSON? = nil, as persona: Persona = .admin,
        version: String? = nil, headers: [(String, String)] = []
    ) async throws -> Answer {
        var fields: HTTPFields = [:]
        if let token = persona.token { fields[.token] = token }
        if let service = persona.serviceToken { fields[.serviceToken] = service }
        if let version { fields[.openStackVersion] = "accelerator \(version)" }
        for (name, value) in headers {
            if let name = HTTPField.Name(name) { fields[name] = value }
        }
        var bytes: [UInt8] = []
        if let body {
            fields[.contentType] = "application/json"
            bytes = Array(try JSONEncoder().encode(body))
        }
        let request = APIRequest(method, "/accelerator\(path)", headers: fields, body: bytes)
        let response = await dispatcher.respond(to: request)
        return Answer(status: response.status, headers: response.headers, bytes: try await response.bytes())
    }

    /// A call with the bytes as they are, and the target still percent-encoded.
    func raw(
        _ method: HTTPRequest.Method, _ target: String, _ body: [UInt8], as persona: Persona = .admin,
        version: String? = nil, contentType: String? = "application/json", headers: [(String, String)] = []
    ) async throws -> Answer {
        var fields: HTTPFields = [:]
        if let token = persona.token { fields[.token] = token }
        if let service = persona.serviceToken { fields[.serviceToken] = service }
        if let version { fields[.openStackVersion] = "accelerator \(version)" }
        if let contentType, !body.isEmpty || contentType != "application/json" { fields[.contentType] = contentType }
        for (name, value) in headers {
            if let name = HTTPField.Name(name) { fields[name] = value }
        }
        let request = APIRequest(method, "/accelerator\(target)", headers: fields, body: body)
        let response = await dispatcher.respond(to: request)
        return Answer(status: response.status, headers: response.headers, bytes: try await response.bytes())
    }

    /// A profile of `count` units of `resourceClass` in one group.
    func profile(_ name: String, _ resourceClass: String = "FPGA", count: Int = 1) async throws {
        let answer = try await call(
            .post, "/v2/device_profiles",
            [["name": .text(name), "groups": [.pair("resources:\(resourceClass)", .text("\(count)"))]]])
        guard answer.status == 201 else { throw Fault.internalError("\(answer)") }
    }

    /// Requests of a profile, made by `persona`.
    func requests(_ profile: String, as persona: Persona = .member) async throws -> [String] {
        let answer = try await call(
            .post, "/v2/accelerator_requests", ["device_profile_name": .text(profile)], as: persona)
        return answer.json["arqs"].array.map(\.["uuid"].text)
    }

    @discardableResult
    func bind(
        _ requests: [String], instance: InstanceID, provider: ResourceProviderID, host: String = "host-a",
        as persona: Persona = .memberThroughService, version: String? = nil, project: String? = nil
    ) async throws -> Answer {
        let answer = try await call(
            .patch, "/v2/accelerator_requests",
            Self.binding(requests, instance: instance, provider: provider, host: host, project: project), as: persona,
            version: version)
        return answer
    }

    static func binding(
        _ requests: [String], instance: InstanceID, provider: ResourceProviderID, host: String = "host-a",
        project: String? = nil
    ) -> JSON {
        var operations: [JSON] = [
            ["path": "/hostname", "op": "add", "value": .text(host)],
            ["path": "/device_rp_uuid", "op": "add", "value": .text("\(provider)")],
            ["path": "/instance_uuid", "op": "add", "value": .text("\(instance)")],
        ]
        if let project { operations.append(["path": "/project_id", "op": "add", "value": .text(project)]) }
        return .object(Dictionary(uniqueKeysWithValues: requests.map { ($0, .array(operations)) }))
    }

    static func unbinding(_ requests: [String]) -> JSON {
        let operations: JSON = .array(
            ["/hostname", "/device_rp_uuid", "/instance_uuid"].map { ["path": .text($0), "op": "remove"] })
        return .object(Dictionary(uniqueKeysWithValues: requests.map { ($0, operations) }))
    }

    func show(_ request: String, as persona: Persona = .admin) async throws -> JSON {
        try await call(.get, "/v2/accelerator_requests/\(request)", as: persona).json
    }
}

/// What a call answered.
struct Answer: Sendable {
    let status: Int
    let headers: HTTPFields
    let bytes: [UInt8]

    var json: JSON { (try? JSONDecoder().decode(JSON.self, from: Data(bytes))) ?? .null }

    /// The sentence inside the doubly encoded error.
    var fault: String {
        let inner = json["error_message"].text
        return (try? JSONDecoder().decode(JSON.self, from: Data(inner.utf8)))?["faultstring"].text ?? inner
    }
}

extension HTTPField.Name {
    static let token = HTTPField.Name("X-Auth-Token") ?? .authorization
    static let serviceToken = HTTPField.Name("X-Service-Token") ?? .authorization
    static let openStackVersion = HTTPField.Name("OpenStack-API-Version") ?? .authorization
}
