import API
import Conventions
import HTTPTypes
import Model
import Store

/// `/v2/attributes`. Changing them does not touch Placement: traits there come from the host's report.
struct AttributeEndpoints: Sendable {
    let store: any StateStore
    let creations: Creations
    let time: TimeSource
    let ids: IDSource

    private static let uuid = PathParameter<AttributeID>("uuid", "The attribute's id")
    private static let deployable = QueryParameter<Int>("deployable_id", "Only attributes of this deployable")
    private static let key = QueryParameter<String>("key", "Only attributes of this key")
    private static let source: SQL = "attributes a JOIN deployables p ON p.uuid = a.deployable"

    var all: [Endpoint] {
        [
            Endpoint(
                .get, "/v2/attributes", "List attributes",
                query: QueryRules([Self.deployable.description, Self.key.description] + Page.parameters),
                access: .rule("cyborg:attribute:get_all"), answers: .json(AttributeListView.self)
            ) { call in try await list(call) },
            Endpoint(
                .get, "/v2/attributes/\(Self.uuid)", "Show an attribute", access: .rule("cyborg:attribute:get_one"),
                answers: .json(AttributeView.self), faults: [.notFound]
            ) { call in try await show(call) },
            Endpoint(
                .delete, "/v2/attributes/\(Self.uuid)", "Remove an attribute",
                access: .rule("cyborg:attribute:delete"), answers: .empty(), faults: [.notFound]
            ) { call in try await delete(call) },
        ]
            + creations.endpoints(
                "/v2/attributes", "Add an attribute to a deployable", body: AttributeBody.self,
                access: .rule("cyborg:attribute:create"), answer: .json(AttributeView.self, status: 201),
                faults: [.notFound]
            ) { call, body, creation in try await create(call, body, creation) }
    }

    private func list(_ call: Call) async throws -> Reply {
        var conditions: SQL = "1 = 1"
        if let number = try call[Self.deployable] { conditions += " AND p.number = \(number)" }
        if let key = try call.filter(Self.key) { conditions += " AND a.key = \(key)" }
        let page = try Page(call)
        let order: SQL = "p.number, a.position, a.created_at, a.uuid"
        let found = try await store.read { [conditions] transaction in
            let after = try page.after(
                order, at: { "SELECT \(order) FROM \(Self.source) WHERE a.uuid = \($0)" }, in: transaction)
            return try transaction.all(
                """
                SELECT \(Attribute.columns) FROM \(Self.source) WHERE \(conditions) AND \(after)
                ORDER BY \(order)\(page.limit)
                """
            ) { row in try Attribute(row) }
        }
        let (shown, links) = page.cut(found, "attributes", call) { "\($0.id)" }
        return try .json(AttributeListView(attributes: shown.map { AttributeView($0, call) }, pages: links))
    }

    private func show(_ call: Call) async throws -> Reply {
        let id = try call[Self.uuid]
        let found = try await store.read { try Self.read(id, in: $0) }
        guard let found else { throw Self.unknown(id) }
        return try .json(AttributeView(found, call))
    }

    private func create(_ call: Call, _ body: AttributeBody, _ creation: Creation) async throws -> Reply {
        let id: AttributeID = ids.next()
        let now = time.now()
        return try await creation.write { transaction in
            let deployable: DeployableID? = try transaction.first(
                "SELECT uuid FROM deployables WHERE number = \(body.deployableNumber)"
            ) { row in try row[0] }
            guard let deployable else {
                throw Fault.notFound("There is no deployable with the id \(body.deployableNumber).")
            }
            // After every reported one, whose positions count from 0.
            try transaction.execute(
                """
                INSERT INTO attributes (uuid, deployable, position, key, value, is_reported, created_at)
                VALUES (\(id), \(deployable), 1000000, \(body.key), \(body.value), 0, \(now))
                """)
            guard let made = try Self.read(id, in: transaction) else { throw Self.unknown(id) }
            return try .json(AttributeView(made, call), status: 201)
        }
    }

    private func delete(_ call: Call) async throws -> Reply {
        let id = try call[Self.uuid]
        let removed = try await store.write { try $0.execute("DELETE FROM attributes WHERE uuid = \(id)") }
        guard removed == 1 else { throw Self.unknown(id) }
        return .empty()
    }

    private static func read(_ id: AttributeID, in transaction: any Transaction) throws -> Attribute? {
        try transaction.first("SELECT \(Attribute.columns) FROM \(source) WHERE a.uuid = \(id)") { row in
            try Attribute(row)
        }
    }

    private static func unknown(_ id: AttributeID) -> Fault { .notFound("There is no attribute \(id).") }
}
