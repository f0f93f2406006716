import API
import HTTPTypes
import Model
import Store

/// Regions. Callers may choose their ids.
struct RegionEndpoints: Sendable {
    let context: IdentityContext
    private let id = PathParameter<RegionID>("region_id", "The region.", malformed: .notFound)
    private static let known: Set<String> = ["id", "description", "parent_region_id", "links"]
    private static let properties: [ObjectSchema.Property] = [
        .optional("description", .description), .optional("parent_region_id", .nullable(.resourceName)),
    ]

    init(context: IdentityContext) {
        self.context = context
    }

    var all: [Endpoint] {
        [
            Endpoint(
                .get, "/v3/regions", "List regions", query: .filters("parent_region_id"),
                access: .rule("identity:list_regions"), answers: .many("regions")
            ) { call in
                let filter = try ListFilter(call, context.options, texts: ["parent_region_id": "n.parent_id"])
                let page = try await context.read { transaction in
                    try filter.page(
                        "SELECT \(Region.columns) FROM identity_regions n", by: "n.id", in: transaction
                    ) { try Region($0) }
                }
                return .many(page, base: context.base(call), call: call)
            },
            Endpoint(
                .post, "/v3/regions", "Create a region", body: JSONValue.self,
                schema: .wrapped(
                    "region",
                    [.optional("id", .nullable(.text(minLength: nil, maxLength: 255, pattern: nil, format: nil)))]
                        + Self.properties),
                access: .rule("identity:create_region"), answers: .one("region", status: 201), faults: [.conflict]
            ) { call, body in
                let fields = Fields(body, "region")
                let asked: RegionID? = fields.id("id").flatMap { (id: RegionID) in id.text.isEmpty ? nil : id }
                return try await create(call, asked ?? context.ids.nextName(), fields)
            },
            Endpoint(
                .put, "/v3/regions/\(id)", "Create a region with a given id", body: JSONValue.self,
                schema: .wrapped("region", Self.properties),
                access: .rule("identity:create_region"), answers: .one("region", status: 201), faults: [.conflict]
            ) { call, body in
                let fields = Fields(body, "region")
                let id = try call[id]
                if let other = fields.text("id"), other != id.text {
                    throw Fault.badRequest("'region.id' must be the id in the path.", field: "region.id")
                }
                return try await create(call, id, fields)
            },
            Endpoint(
                .get, "/v3/regions/\(id)", "Show a region", query: .anything,
                access: .rule("identity:get_region"), answers: .one("region"), faults: [.notFound]
            ) { call in .one(try await region(call), base: context.base(call)) },
            Endpoint(
                .patch, "/v3/regions/\(id)", "Change a region", body: JSONValue.self,
                schema: .wrapped("region", Self.properties),
                access: .rule("identity:update_region"), answers: .one("region"), faults: [.notFound]
            ) { call, body in try await update(call, Fields(body, "region")) },
            Endpoint(
                .delete, "/v3/regions/\(id)", "Delete a region", access: .rule("identity:delete_region"),
                answers: .empty(), faults: [.notFound]
            ) { call in try await delete(call) },
        ]
    }

    private func region(_ call: Call) async throws -> Region {
        let id = try call[id]
        guard let found = try await context.read({ try Region.find(id, in: $0) }) else {
            throw Fault.missing("region", id)
        }
        return found
    }

    private func create(_ call: Call, _ id: RegionID, _ fields: Fields) async throws -> Reply {
        let extra = try JSONValue.object([]).merged(with: fields.extras(besides: Self.known)).encoded
        let parent: RegionID? = fields.id("parent_region_id")
        let created = try await context.write(
            duplicate: "Conflict occurred attempting to store region - Duplicate ID, \(id)."
        ) { transaction in
            if let parent, try Region.find(parent, in: transaction) == nil { throw Fault.missing("region", parent) }
            try transaction.execute(
                """
                INSERT INTO identity_regions (id, parent_id, description, extra)
                VALUES (\(id), \(parent), \(fields.text("description") ?? ""), \(extra))
                """)
            try transaction.noteIdentity("region \(id)")
            return try Region.find(id, in: transaction)
        }
        guard let created else { throw Fault.internalError("a region was gone as soon as it was made") }
        return .one(created, base: context.base(call), status: 201)
    }

    private func update(_ call: Call, _ fields: Fields) async throws -> Reply {
        let old = try await region(call)
        let parent: RegionID? = fields.has("parent_region_id") ? fields.id("parent_region_id") : old.parent
        let extra = try JSONValue(column: old.extra).merged(with: fields.extras(besides: Self.known)).encoded
        let changed = try await context.write { transaction in
            var above = parent
            var depth = 0
            while let id = above {
                guard let next = try Region.find(id, in: transaction) else { throw Fault.missing("region", id) }
                guard id != old.id, depth < 64 else {
                    throw Fault.badRequest(
                        "A region cannot stand below itself.", field: "region.parent_region_id")
                }
                above = next.parent
                depth += 1
            }
            try transaction.execute(
                """
                UPDATE identity_regions SET parent_id = \(parent),
                    description = \(fields.text("description") ?? old.description), extra = \(extra)
                WHERE id = \(old.id)
                """)
            try transaction.noteIdentity("region \(old.id)")
            return try Region.find(old.id, in: transaction)
        }
        guard let changed else { throw Fault.missing("region", old.id) }
        return .one(changed, base: context.base(call))
    }

    private func delete(_ call: Call) async throws -> Reply {
        let old = try await region(call)
        try await context.write { transaction in
            let isUsed = try transaction.exists(
                """
                SELECT 1 FROM identity_regions WHERE parent_id = \(old.id)
                UNION SELECT 1 FROM identity_endpoints WHERE region_id = \(old.id)
                UNION SELECT 1 FROM identity_registered_limits WHERE region_id = \(old.id.text)
                """)
            guard !isUsed else {
                throw Fault.forbidden(
                    "Cannot delete the region \(old.id): regions, endpoints or limits belong to it; delete those first."
                )
            }
            try transaction.execute("DELETE FROM identity_regions WHERE id = \(old.id)")
            try transaction.noteIdentity("region \(old.id)")
        }
        return .empty()
    }
}
