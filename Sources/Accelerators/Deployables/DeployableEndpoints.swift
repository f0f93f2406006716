import API
import Conventions
import HTTPTypes
import Model
import Store

/// `/v2/deployables`.
struct DeployableEndpoints: Sendable {
    let store: any StateStore
    let fleet: AcceleratorFleet
    let time: TimeSource

    private static let uuid = PathParameter<DeployableID>("uuid", "The deployable's id")
    private static let filters: [String: ListFilter.Field] = [
        "uuid": .init("p.uuid"), "name": .init("p.name"), "rp_uuid": .init("p.resource_provider"),
        "driver_name": .init("p.driver"), "bitstream_id": .init("p.bitstream"),
        "num_accelerators": .init("p.accelerators", number: true), "device_id": .init("d.number", number: true),
        "id": .init("p.number", number: true), "created_at": .init("p.created_at", number: true),
        "updated_at": .init("p.updated_at", number: true),
    ]

    var all: [Endpoint] {
        [
            Endpoint(
                .get, "/v2/deployables", "List deployables",
                query: QueryRules([ListFilter.field.description, ListFilter.value.description] + Page.parameters),
                access: .rule("cyborg:deployable:get_all"), answers: .json(DeployableListView.self)
            ) { call in try await list(call) },
            Endpoint(
                .get, "/v2/deployables/\(Self.uuid)", "Show a deployable", access: .rule("cyborg:deployable:get_one"),
                answers: .json(DeployableView.self), faults: [.notFound]
            ) { call in try await show(call) },
            Endpoint(
                .post, "/v2/deployables/\(Self.uuid)/enable", "Let new work be placed on a deployable",
                since: Page.version, access: .rule("cyborg:deployable:enable"), answers: .empty(), faults: [.notFound]
            ) { call in try await set(.enabled, call) },
            Endpoint(
                .post, "/v2/deployables/\(Self.uuid)/disable", "Keep new work off a deployable",
                since: Page.version, access: .rule("cyborg:deployable:disable"), answers: .empty(), faults: [.notFound]
            ) { call in try await set(.maintaining, call) },
        ]
    }

    private func list(_ call: Call) async throws -> Reply {
        let filter = try ListFilter(call, fields: Self.filters, table: "deployables", number: "p.number")
        let page = try Page(call, filter)
        let found = try await store.read { transaction in
            let after = try page.after(
                "p.number", at: { "SELECT number FROM deployables WHERE uuid = \($0)" }, in: transaction)
            return try Self.read(
                filter.conditions + " AND " + after, tail: filter.order + filter.limit + page.limit, in: transaction)
        }
        let (shown, links) = page.cut(found, "deployables", call) { "\($0.0.id)" }
        return .list("deployables", shown, pages: links) { DeployableView($0.0, attributes: $0.1, call) }
    }

    private func show(_ call: Call) async throws -> Reply {
        let id = try call[Self.uuid]
        let found = try await store.read { try Self.read("p.uuid = \(id)", in: $0).first }
        guard let (deployable, attributes) = found else { throw Self.unknown(id) }
        return try .json(DeployableView(deployable, attributes: attributes, call))
    }

    private func set(_ status: Device.Status, _ call: Call) async throws -> Reply {
        let id = try call[Self.uuid]
        let now = time.now()
        let actor = Actor(call)
        try await store.write { [fleet] transaction in
            guard try fleet.set(status, of: id, by: actor, at: now, in: transaction) else { throw Self.unknown(id) }
        }
        return .empty()
    }

    /// Deployables that meet `conditions`, each with its attributes in order: two queries, whatever their number.
    static func read(
        _ conditions: SQL, tail: SQL = "", in transaction: any Transaction
    ) throws -> [(Deployable, [AttributeReport])] {
        let source: SQL = "deployables p JOIN devices d ON d.uuid = p.device WHERE \(conditions)"
        let deployables = try transaction.all("SELECT \(Deployable.columns) FROM \(source)\(tail)") { row in
            try Deployable(row)
        }
        var attributes: [DeployableID: [AttributeReport]] = [:]
        try transaction.forEach(
            """
            SELECT a.deployable, a.key, a.value FROM attributes a
            WHERE a.deployable IN (SELECT p.uuid FROM \(source)\(tail))
            ORDER BY a.deployable, a.position, a.created_at
            """
        ) { row in
            let deployable: DeployableID = try row[0]
            attributes[deployable, default: []].append(AttributeReport(key: try row[1], value: try row[2]))
        }
        return deployables.map { ($0, attributes[$0.id] ?? []) }
    }

    private static func unknown(_ id: DeployableID) -> Fault { .notFound("There is no deployable \(id).") }
}
