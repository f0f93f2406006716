import API
import Access
import FoundationEssentials
import HTTPTypes
import Logging
import Model
import Placement
import Store
import Synchronization
import TestJSON
import TestStore
import Testing

/// The Placement service on a database of its own; callers say who they are, as in development.
final class PlacementFixture: Sendable {
    let store: any StateStore
    let service: PlacementService
    let dispatcher: Dispatcher
    let client: LocalPlacementClient

    /// - Parameters:
    ///   - checksAnswers: whether answers are held against the document; not where the database breaks its promises
    ///   - migrations: of another service in the same database
    ///   - through: what the service's database goes through, such as one that counts
    init(
        on other: PlacementFixture? = nil, feed: ChangeFeed? = nil, options: PlacementOptions = PlacementOptions(),
        checksAnswers: Bool = true, migrations: [Migration] = [], through: (any StateStore) -> any StateStore = { $0 }
    ) async throws {
        if let other {
            store = other.store
        } else {
            store = try await TestStore.open(PlacementMigrations.all + migrations)
        }
        let logger = Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }
        service = PlacementService(
            store: through(feed?.store ?? store), feed: feed, options: options, logger: logger)
        client = LocalPlacementClient(service)
        let authorizer = PolicyAuthorizer(
            engine: try PolicyEngine(rules: PlacementPolicy.rules), wording: .placement)
        dispatcher = Dispatcher(
            [
                service.service(authenticator: Noauth2Authenticator(), authorizer: authorizer),
                service.explainService(authenticator: Noauth2Authenticator(), authorizer: authorizer),
            ], logger: logger, answers: checksAnswers ? AnswerCheck { Issue.record("\($0)") } : nil)
    }

    @discardableResult
    func call(
        _ method: HTTPRequest.Method, _ path: String, _ body: JSON? = nil, version: String? = "1.39",
        token: String? = "admin", roles: String? = nil
    ) async throws -> Answer {
        var fields: HTTPFields = [:]
        if let token { fields[.authToken] = token }
        if let roles, let name = HTTPField.Name("X-Roles") { fields[name] = roles }
        if let version { fields[.openStackAPIVersion] = "placement \(version)" }
        var bytes: [UInt8] = []
        if let body {
            fields[.contentType] = "application/json"
            bytes = Array(try JSONEncoder().encode(body))
        }
        let response = await dispatcher.respond(
            to: APIRequest(method, "/placement\(path)", headers: fields, body: bytes))
        return Answer(status: response.status, headers: response.headers, bytes: try await response.bytes())
    }

    /// Sends a body as it is written.
    func send(_ method: HTTPRequest.Method, _ path: String, _ text: String, version: String = "1.39") async throws
        -> Answer
    {
        let fields: HTTPFields = [
            .authToken: "admin", .contentType: "application/json", .openStackAPIVersion: "placement \(version)",
        ]
        let response = await dispatcher.respond(
            to: APIRequest(method, "/placement\(path)", headers: fields, body: Array(text.utf8)))
        return Answer(status: response.status, headers: response.headers, bytes: try await response.bytes())
    }

    /// Makes a provider and answers its id.
    @discardableResult
    func provider(
        _ name: String, below parent: String? = nil, _ inventories: [String: Int] = [:], traits: [String] = [],
        aggregates: [String] = []
    ) async throws -> String {
        var body: JSON = ["name": .text(name)]
        if let parent, case .object(var members) = body {
            members["parent_provider_uuid"] = .text(parent)
            body = .object(members)
        }
        let id = try await call(.post, "/resource_providers", body).json["uuid"].text
        if !inventories.isEmpty {
            try await set(inventories.mapValues { ["total": .integer($0)] }, of: id)
        }
        for trait in traits where trait.hasPrefix("CUSTOM_") { try await call(.put, "/traits/\(trait)") }
        if !traits.isEmpty {
            try await call(
                .put, "/resource_providers/\(id)/traits",
                [
                    "traits": .array(traits.map { .text($0) }),
                    "resource_provider_generation": .integer(try await generation(id)),
                ])
        }
        if !aggregates.isEmpty {
            try await call(
                .put, "/resource_providers/\(id)/aggregates",
                [
                    "aggregates": .array(aggregates.map { .text($0) }),
                    "resource_provider_generation": .integer(try await generation(id)),
                ])
        }
        return id
    }

    @discardableResult
    func set(_ inventories: [String: JSON], of id: String) async throws -> Answer {
        for name in inventories.keys where name.hasPrefix("CUSTOM_") {
            try await call(.put, "/resource_classes/\(name)")
        }
        return try await call(
            .put, "/resource_providers/\(id)/inventories",
            [
                "inventories": .object(inventories),
                "resource_provider_generation": .integer(try await generation(id)),
            ])
    }

    func generation(_ id: String) async throws -> Int {
        try await call(.get, "/resource_providers/\(id)").json["generation"].integer ?? -1
    }

    static func newID() -> String { UUID().uuidString.lowercased() }

    @discardableResult
    func claim(
        _ consumer: String, _ allocations: [String: [String: Int]], generation: Int? = nil, version: String = "1.39"
    ) async throws -> Answer {
        try await call(
            .put, "/allocations/\(consumer)", Self.claim(allocations, generation: generation), version: version)
    }

    static func claim(
        _ allocations: [String: [String: Int]], generation: Int? = nil, project: String = "p", user: String = "u",
        type: String = "INSTANCE"
    ) -> JSON {
        [
            "allocations": .object(
                allocations.mapValues { .pair("resources", .object($0.mapValues { .integer($0) })) }),
            "project_id": .text(project), "user_id": .text(user), "consumer_type": .text(type),
            "consumer_generation": generation.map { .integer($0) } ?? .null,
        ]
    }

    /// The candidates of a query, each as its amounts by provider.
    func candidates(_ query: String, version: String = "1.39") async throws -> Set<[String: [String: Int]]> {
        let answer = try await call(.get, "/allocation_candidates?\(query)", version: version)
        guard answer.status == 200 else { throw Fault.internalError("\(answer.detail)") }
        return Set(
            answer.json["allocation_requests"].array.map { request in
                request["allocations"].members.mapValues { share in
                    share["resources"].members.compactMapValues(\.integer)
                }
            })
    }
}

/// What a call answered.
struct Answer: Sendable {
    let status: Int
    let headers: HTTPFields
    let bytes: [UInt8]

    var json: JSON { (try? JSONDecoder().decode(JSON.self, from: Data(bytes))) ?? .null }
    var code: String { json["errors"][0]["code"].text }
    var detail: String { json["errors"][0]["detail"].text }
}
