import API
import Conventions
import HTTPTypes
import Model
import Store

/// `/v2/limits`, from 2.4: what a project may have and what it has.
struct LimitEndpoints: Sendable {
    let store: any StateStore
    let limits: any ProjectLimits

    private static let project = QueryParameter<ProjectID>(
        "project_id", "The project; a project other than the caller's needs the role admin")

    var all: [Endpoint] {
        [
            Endpoint(
                .get, "/v2/limits", "Show a project's limits and usage", since: Page.version,
                query: QueryRules([Self.project.description]), access: .rule("cyborg:limit:get_all"),
                answers: .json(LimitListView.self)
            ) { call in try await list(call) }
        ]
    }

    private func list(_ call: Call) async throws -> Reply {
        let asked = try call[Self.project]
        guard let project = asked ?? call.caller.project else {
            throw Fault.forbidden("Limits belong to a project; use a token scoped to one, or give 'project_id'.")
        }
        guard project == call.caller.project || call.caller.has(role: "admin") else {
            throw Fault.forbidden("Only an administrator may give another project's 'project_id'.")
        }
        let usage = try await store.read { try Self.usage(of: project, in: $0) }
        let known = try await limits.limits(of: project, on: usage.keys.sorted())
        let amounts = Dictionary(known.map { ($0.resource, $0.limit) }) { first, _ in first }
        return try .json(
            LimitListView(
                project: project.text,
                limits: usage.sorted { $0.key < $1.key }.map { resource, used in
                    .init(resource: resource, limit: max(amounts[resource] ?? -1, -1), usage: used)
                }))
    }

    /// Of every class that any host has or the project holds; two queries.
    private static func usage(of project: ProjectID, in transaction: any Transaction) throws -> [String: Int] {
        var usage = [LimitedResource.requests: 0]
        try transaction.forEach("SELECT DISTINCT resource_class FROM deployables") { row in
            let resourceClass: ResourceClass = try row[0]
            usage[LimitedResource.name(resourceClass)] = 0
        }
        try transaction.forEach(
            """
            SELECT resource_class, state, COUNT(*) FROM accelerator_requests
            WHERE project = \(project) GROUP BY resource_class, state
            """
        ) { row in
            let resourceClass: ResourceClass = try row[0]
            let count: Int = try row[2]
            usage[LimitedResource.requests, default: 0] += count
            let state: String = try row[1]
            let isCharged = RequestLifecycle.State(rawValue: state)?.isCharged ?? false
            usage[LimitedResource.name(resourceClass), default: 0] += isCharged ? count : 0
        }
        return usage
    }
}

/// A project's limits on the wire; −1 means unlimited.
struct LimitListView: Codable, Sendable {
    let project: String
    let limits: [LimitView]

    enum CodingKeys: String, CodingKey {
        case limits
        case project = "project_id"
    }

    struct LimitView: Codable, Sendable {
        let resource: String
        let limit: Int
        let usage: Int
    }
}
