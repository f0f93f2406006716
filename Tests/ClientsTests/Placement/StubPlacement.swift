import API
import Clients
import FoundationEssentials
import HTTPTypes
import Logging
import Model
import Synchronization

/// A Placement in memory behind the real HTTP server: providers, inventories, traits and classes with generations.
final class StubPlacement: Sendable {
    struct Provider {
        var document: ProviderDocument
        var inventories: [String: [String: Double]] = [:]
        var traits: [String] = []
    }

    struct State {
        var providers: [ResourceProviderID: Provider] = [:]
        var classes: Set<String> = ["VCPU"]
        var traits: Set<String> = ["HW_CPU_X86_AVX2"]
        var allocations: [String: [String: Int]] = [:]
        var versions: [String] = []
        var tokens: [String] = []
        /// Answered to everything, with an error whose detail has the service's several lines.
        var trouble: Fault?
        /// Answered to a showing of a provider.
        var nonsense: String?
    }

    let state = Mutex(State())

    struct ProviderDocument: Codable, Sendable {
        var uuid: String
        var name: String
        var generation: Int
        var parent: String?
        var root: String

        enum CodingKeys: String, CodingKey {
            case uuid, name, generation
            case parent = "parent_provider_uuid"
            case root = "root_provider_uuid"
        }
    }

    struct NewProvider: Codable, Sendable {
        var uuid: String
        var name: String
        var parent: String?

        enum CodingKeys: String, CodingKey {
            case uuid, name
            case parent = "parent_provider_uuid"
        }
    }

    struct Inventories: Codable, Sendable {
        var generation: Int
        var inventories: [String: [String: Double]]

        enum CodingKeys: String, CodingKey {
            case inventories
            case generation = "resource_provider_generation"
        }
    }

    struct Traits: Codable, Sendable {
        var generation: Int
        var traits: [String]

        enum CodingKeys: String, CodingKey {
            case traits
            case generation = "resource_provider_generation"
        }
    }

    struct Tokens: Authenticator {
        let accepted: @Sendable (String) -> Bool

        func authenticate(_ request: Credentials) async throws(Fault) -> Caller? {
            guard let token = request.headers[.authToken] else { return nil }
            guard accepted(token) else { throw .unauthorized() }
            return Caller(user: "kilonova", scope: .project("service", domain: nil), roles: ["service"])
        }

        func challenge(origin: String) -> Fault.Header? { nil }
    }

    struct Everything: Authorizer {
        func authorize(_ caller: Caller, rule: String, target: PolicyTarget) throws(Fault) {}
    }

    static let id = PathParameter<ResourceProviderID>("uuid", "The provider")
    static let name = PathParameter<String>("name", "The name")

    /// Serves below `/placement` until `body` returns, with the port.
    func run(
        accepting accepted: @escaping @Sendable (String) -> Bool = { _ in true },
        _ body: @Sendable (Int) async throws -> Void
    ) async throws {
        let logger = Logger(label: "test", factory: { _ in SwiftLogNoOpLogHandler() })
        let service = Service(
            name: "placement", title: "Placement", prefix: "/placement", family: PlacementFamily(),
            endpoints: endpoints, authenticator: Tokens(accepted: accepted), authorizer: Everything())
        let (ports, sink) = AsyncStream.makeStream(of: Int.self)
        let server = HTTPServer(
            ListenerConfiguration(host: "127.0.0.1", port: 0, logsAccess: false),
            dispatcher: Dispatcher([service], logger: logger), metrics: MetricsRegistry(), logger: logger,
            onListening: { sink.yield($0) })
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask {
                defer { sink.finish() }
                try await server.run()
            }
            var iterator = ports.makeAsyncIterator()
            defer { group.cancelAll() }
            guard let port = await iterator.next() else { return try await group.waitForAll() }
            try await body(port)
        }
    }

    /// Runs with the state, after the trouble that was ordered.
    private func serve(_ call: Call, _ body: (inout State) throws -> Reply) throws -> Reply {
        try state.withLock { state in
            state.versions.append("\(call.version)")
            state.tokens.append(call.headers[.authToken] ?? "")
            if let trouble = state.trouble { throw trouble }
            return try body(&state)
        }
    }

    private static func known(_ id: ResourceProviderID, _ state: State) throws -> Provider {
        guard let found = state.providers[id] else { throw Fault.notFound("No resource provider with uuid \(id)") }
        return found
    }

    private static func checked(_ provider: inout Provider, _ generation: Int) throws {
        guard provider.document.generation == generation else {
            throw Fault.conflict(
                "resource provider generation conflict", code: RESTPlacementClient.concurrentUpdate)
        }
        provider.document.generation += 1
    }

    private struct Listing: Codable {
        var providers: [ProviderDocument]

        enum CodingKeys: String, CodingKey { case providers = "resource_providers" }
    }

    private struct Held: Codable { var resources: [String: Int] }
    private struct Allocations: Codable {
        var generation: Int
        var allocations: [String: Held]

        enum CodingKeys: String, CodingKey {
            case allocations
            case generation = "resource_provider_generation"
        }
    }

    private var endpoints: [Endpoint] {
        let answer = Endpoint.Answer(status: 200)
        return [
            Endpoint(
                .get, "/resource_providers", "List", query: QueryRules([], unknown: .collect), access: .authenticated,
                answers: answer
            ) { [self] call in
                try serve(call) { state in
                    var found = state.providers.values.map(\.document)
                    for (name, value) in call.rawQuery {
                        if name == "name" { found = found.filter { $0.name == value } }
                        if name == "in_tree" {
                            let root = ResourceProviderID(value).flatMap { state.providers[$0] }?.document
                            found = found.filter { $0.root == root?.root }
                        }
                    }
                    return try .json(Listing(providers: found))
                }
            },
            Endpoint(
                .post, "/resource_providers", "Create", body: NewProvider.self, access: .authenticated, answers: answer
            ) { [self] call, new in
                try serve(call) { state in
                    guard let id = ResourceProviderID(new.uuid) else { throw Fault.badRequest("no uuid") }
                    if state.providers.values.contains(where: { $0.document.name == new.name }) {
                        throw Fault.conflict(
                            "Conflicting resource provider name: \(new.name) already exists.",
                            code: "placement.duplicate_name")
                    }
                    let parent = new.parent.flatMap { ResourceProviderID($0) }
                    let above = try parent.map { try Self.known($0, state).document }
                    let document = ProviderDocument(
                        uuid: "\(id)", name: new.name, generation: 0, parent: above?.uuid,
                        root: above?.root ?? "\(id)")
                    state.providers[id] = Provider(document: document)
                    return try .json(document)
                }
            },
            Endpoint(.get, "/resource_providers/\(Self.id)", "Show", access: .authenticated, answers: answer) {
                [self] call in
                try serve(call) { state in
                    if let nonsense = state.nonsense { return .json(bytes: Array(nonsense.utf8)) }
                    return try .json(try Self.known(try call[Self.id], state).document)
                }
            },
            Endpoint(.delete, "/resource_providers/\(Self.id)", "Delete", access: .authenticated, answers: .empty()) {
                [self] call in
                try serve(call) { state in
                    let id = try call[Self.id]
                    _ = try Self.known(id, state)
                    guard state.allocations.isEmpty else {
                        throw Fault.conflict(
                            "Unable to delete resource provider \(id): Resource provider has allocations.",
                            code: "placement.resource_provider.inuse")
                    }
                    state.providers[id] = nil
                    return .empty()
                }
            },
            Endpoint(
                .get, "/resource_providers/\(Self.id)/allocations", "Allocations", access: .authenticated,
                answers: answer
            ) { [self] call in
                try serve(call) { state in
                    let provider = try Self.known(try call[Self.id], state)
                    return try .json(
                        Allocations(
                            generation: provider.document.generation,
                            allocations: state.allocations.mapValues { Held(resources: $0) }))
                }
            },
        ] + inventoriesAndTraits + vocabulary
    }

    private var inventoriesAndTraits: [Endpoint] {
        let answer = Endpoint.Answer(status: 200)
        return [
            Endpoint(
                .get, "/resource_providers/\(Self.id)/inventories", "Inventories", access: .authenticated,
                answers: answer
            ) { [self] call in
                try serve(call) { state in
                    let provider = try Self.known(try call[Self.id], state)
                    return try .json(
                        Inventories(
                            generation: provider.document.generation,
                            inventories: provider.inventories))
                }
            },
            Endpoint(
                .put, "/resource_providers/\(Self.id)/inventories", "Set inventories", body: Inventories.self,
                schema: .any, access: .authenticated, answers: answer
            ) { [self] call, wanted in
                try serve(call) { state in
                    let id = try call[Self.id]
                    var provider = try Self.known(id, state)
                    for name in wanted.inventories.keys where !state.classes.contains(name) {
                        throw Fault.badRequest("Unknown resource class in inventory: No such resource class \(name).")
                    }
                    try Self.checked(&provider, wanted.generation)
                    provider.inventories = wanted.inventories
                    state.providers[id] = provider
                    return try .json(
                        Inventories(
                            generation: provider.document.generation,
                            inventories: provider.inventories))
                }
            },
            Endpoint(
                .get, "/resource_providers/\(Self.id)/traits", "Traits", access: .authenticated, answers: answer
            ) { [self] call in
                try serve(call) { state in
                    let provider = try Self.known(try call[Self.id], state)
                    return try .json(
                        Traits(
                            generation: provider.document.generation, traits: provider.traits))
                }
            },
            Endpoint(
                .put, "/resource_providers/\(Self.id)/traits", "Set traits", body: Traits.self, access: .authenticated,
                answers: answer
            ) { [self] call, wanted in
                try serve(call) { state in
                    let id = try call[Self.id]
                    var provider = try Self.known(id, state)
                    try Self.checked(&provider, wanted.generation)
                    provider.traits = wanted.traits
                    state.providers[id] = provider
                    return try .json(
                        Traits(
                            generation: provider.document.generation, traits: provider.traits))
                }
            },
        ]
    }

    private var vocabulary: [Endpoint] {
        [
            Endpoint(.put, "/traits/\(Self.name)", "Make a trait", access: .authenticated, answers: .empty(201)) {
                [self] call in
                try serve(call) { state in .empty(state.traits.insert(try call[Self.name]).inserted ? 201 : 204) }
            },
            Endpoint(.get, "/traits/\(Self.name)", "Show a trait", access: .authenticated, answers: .empty()) {
                [self] call in
                try serve(call) { state in
                    let name = try call[Self.name]
                    guard state.traits.contains(name) else { throw Fault.notFound("No such trait(s): \(name).") }
                    return .empty()
                }
            },
            Endpoint(
                .put, "/resource_classes/\(Self.name)", "Make a class", access: .authenticated, answers: .empty(201)
            ) { [self] call in
                try serve(call) { state in .empty(state.classes.insert(try call[Self.name]).inserted ? 201 : 204) }
            },
        ]
    }
}
