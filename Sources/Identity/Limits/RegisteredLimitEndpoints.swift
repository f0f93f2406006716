import API
import HTTPTypes
import Model
import Store

/// Registered limits. A request creates all of its limits or none.
struct RegisteredLimitEndpoints: Sendable {
    let context: IdentityContext
    private let id = PathParameter<RegisteredLimitID>(
        "registered_limit_id", "The registered limit.", malformed: .notFound)
    private static let duplicate =
        "Conflict occurred attempting to store registered_limit - Duplicate entry: this service has a limit of that "
        + "resource in that region."

    init(context: IdentityContext) {
        self.context = context
    }

    var all: [Endpoint] {
        [
            Endpoint(
                .get, "/v3/registered_limits", "List registered limits",
                query: .filters("service_id", "region_id", "resource_name"),
                access: .rule("identity:list_registered_limits"), answers: .many("registered_limits")
            ) { call in
                let filter = try ListFilter(
                    call, context.options,
                    texts: [
                        "service_id": "g.service_id", "region_id": "g.region_id", "resource_name": "g.resource_name",
                    ])
                let page = try await context.read { transaction in
                    try filter.page(
                        "SELECT \(RegisteredLimit.columns) FROM identity_registered_limits g", by: "g.id",
                        in: transaction
                    ) { try RegisteredLimit($0) }
                }
                return .many(page, base: context.base(call), call: call)
            },
            Endpoint(
                .post, "/v3/registered_limits", "Create registered limits", body: JSONValue.self,
                schema: Self.listSchema, access: .rule("identity:create_registered_limits"),
                answers: Endpoint.Answer(status: 201, schema: .answers("registered_limits")), faults: [.conflict]
            ) { call, body in try await create(call, Fields(body).elements("registered_limits") ?? []) },
            Endpoint(
                .get, "/v3/registered_limits/\(id)", "Show a registered limit", query: .anything,
                access: .rule("identity:get_registered_limit"), answers: .one("registered_limit"), faults: [.notFound]
            ) { call in .one(try await limit(call), base: context.base(call)) },
            Endpoint(
                .patch, "/v3/registered_limits/\(id)", "Change a registered limit", body: JSONValue.self,
                schema: .wrapped("registered_limit", Self.properties(required: false), others: .refused),
                access: .rule("identity:update_registered_limit"), answers: .one("registered_limit"),
                faults: [.conflict, .notFound]
            ) { call, body in try await update(call, Fields(body, "registered_limit")) },
            Endpoint(
                .delete, "/v3/registered_limits/\(id)", "Delete a registered limit that no limit depends on",
                access: .rule("identity:delete_registered_limit"), answers: .empty(), faults: [.notFound]
            ) { call in
                let old = try await limit(call)
                try await context.write { transaction in
                    try Self.refuseDependents(old, in: transaction)
                    try transaction.execute("DELETE FROM identity_registered_limits WHERE id = \(old.id)")
                    try transaction.noteIdentity("registered_limit \(old.id)")
                }
                return .empty()
            },
        ]
    }

    private static func properties(required: Bool) -> [ObjectSchema.Property] {
        [
            .init("service_id", .identifier, required: required),
            .init("resource_name", .resourceName, required: required),
            .init("default_limit", .limitValue, required: required),
            .optional("region_id", .nullable(.resourceName)), .optional("description", .description),
        ]
    }

    private static let listSchema = Schema.object(
        ObjectSchema(
            [
                .required(
                    "registered_limits",
                    .array(
                        of: .object(ObjectSchema(properties(required: true))), minItems: 1, maxItems: 1000,
                        unique: false))
            ], others: .ignored))

    private static func refuseDependents(_ limit: RegisteredLimit, in transaction: any Transaction) throws {
        guard try !transaction.exists("SELECT 1 FROM identity_limits WHERE registered_id = \(limit.id) LIMIT 1") else {
            throw Fault.forbidden(
                "Unable to update or delete registered limit \(limit.id) because there are project limits associated "
                    + "with it.")
        }
    }

    private func limit(_ call: Call) async throws -> RegisteredLimit {
        let id = try call[id]
        guard let found = try await context.read({ try RegisteredLimit.find(id, in: $0) }) else {
            throw Fault.missing("registered limit", id)
        }
        return found
    }

    private func create(_ call: Call, _ elements: [JSONValue]) async throws -> Reply {
        let drafts = elements.map { (id: context.ids.nextName(RegisteredLimitKind.self), fields: Fields($0)) }
        let created = try await context.write(duplicate: Self.duplicate) { transaction in
            try drafts.compactMap { id, fields -> RegisteredLimit? in
                let service: CatalogServiceID = fields.id("service_id") ?? ""
                let region: RegionID? = fields.id("region_id")
                try RegisteredLimit.check(service, region, in: transaction)
                try transaction.execute(
                    """
                    INSERT INTO identity_registered_limits
                        (id, service_id, region_id, resource_name, default_limit, description)
                    VALUES (\(id), \(service), \(region?.text ?? ""), \(fields.text("resource_name") ?? ""),
                        \(fields.integer("default_limit") ?? 0), \(fields.text("description")))
                    """)
                try transaction.noteIdentity("registered_limit \(id)")
                return try RegisteredLimit.find(id, in: transaction)
            }
        }
        return .many(Page(items: created, next: nil), base: context.base(call), call: call, status: 201)
    }

    private func update(_ call: Call, _ fields: Fields) async throws -> Reply {
        let old = try await limit(call)
        let service: CatalogServiceID = fields.id("service_id") ?? old.service
        let region: RegionID? = fields.has("region_id") ? fields.id("region_id") : old.region
        let resource = fields.text("resource_name") ?? old.resource
        let description = fields.has("description") ? fields.text("description") : old.description
        let changed = try await context.write(duplicate: Self.duplicate) { transaction in
            if service != old.service || region != old.region || resource != old.resource {
                try Self.refuseDependents(old, in: transaction)
                try RegisteredLimit.check(service, region, in: transaction)
            }
            try transaction.execute(
                """
                UPDATE identity_registered_limits SET service_id = \(service), region_id = \(region?.text ?? ""),
                    resource_name = \(resource), default_limit = \(fields.integer("default_limit") ?? old.defaultLimit),
                    description = \(description) WHERE id = \(old.id)
                """)
            try transaction.noteIdentity("registered_limit \(old.id)")
            return try RegisteredLimit.find(old.id, in: transaction)
        }
        guard let changed else { throw Fault.missing("registered limit", old.id) }
        return .one(changed, base: context.base(call))
    }
}
