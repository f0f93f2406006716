import API
import HTTPTypes
import Model
import Store

/// The services of the catalog.
struct ServiceEndpoints: Sendable {
    let context: IdentityContext
    private let id = PathParameter<CatalogServiceID>("service_id", "The service.", malformed: .notFound)
    private static let known: Set<String> = ["id", "type", "name", "description", "enabled", "links"]
    private static let properties: [ObjectSchema.Property] = [
        .optional("name", .nullable(.text(minLength: nil, maxLength: 255, pattern: nil, format: nil))),
        .optional("description", .description), .optional("enabled", .boolean),
    ]

    init(context: IdentityContext) {
        self.context = context
    }

    var all: [Endpoint] {
        [
            Endpoint(
                .get, "/v3/services", "List services", query: .filters("type", "name"),
                access: .rule("identity:list_services"), answers: .many("services")
            ) { call in
                let filter = try ListFilter(
                    call, context.options, texts: ["type": "s.type", "name": "s.name"],
                    flags: ["enabled": "s.enabled"])
                let page = try await context.read { transaction in
                    try filter.page(
                        "SELECT \(CatalogService.columns) FROM identity_services s", by: "s.id", in: transaction
                    ) { try CatalogService($0) }
                }
                return .many(page, base: context.base(call), call: call)
            },
            Endpoint(
                .post, "/v3/services", "Create a service", body: JSONValue.self,
                schema: .wrapped("service", [.required("type", .resourceName)] + Self.properties),
                access: .rule("identity:create_service"), answers: .one("service", status: 201)
            ) { call, body in try await create(call, Fields(body, "service")) },
            Endpoint(
                .get, "/v3/services/\(id)", "Show a service", query: .anything,
                access: .rule("identity:get_service"), answers: .one("service"), faults: [.notFound]
            ) { call in .one(try await service(call), base: context.base(call)) },
            Endpoint(
                .patch, "/v3/services/\(id)", "Change a service", body: JSONValue.self,
                schema: .wrapped("service", [.optional("type", .resourceName)] + Self.properties),
                access: .rule("identity:update_service"), answers: .one("service"), faults: [.notFound]
            ) { call, body in try await update(call, Fields(body, "service")) },
            Endpoint(
                .delete, "/v3/services/\(id)", "Delete a service with its endpoints",
                access: .rule("identity:delete_service"), answers: .empty(), faults: [.notFound]
            ) { call in
                let old = try await service(call)
                try await context.write { transaction in
                    guard
                        try !transaction.exists(
                            "SELECT 1 FROM identity_registered_limits WHERE service_id = \(old.id) LIMIT 1")
                    else {
                        throw Fault.forbidden(
                            "Cannot delete the service \(old.id): registered limits belong to it; delete those first.")
                    }
                    try transaction.execute("DELETE FROM identity_services WHERE id = \(old.id)")
                    try transaction.noteIdentity("service \(old.id)")
                }
                return .empty()
            },
        ]
    }

    private func service(_ call: Call) async throws -> CatalogService {
        let id = try call[id]
        guard let found = try await context.read({ try CatalogService.find(id, in: $0) }) else {
            throw Fault.missing("service", id)
        }
        return found
    }

    private func create(_ call: Call, _ fields: Fields) async throws -> Reply {
        let id: CatalogServiceID = context.ids.nextName()
        let extra = try JSONValue.object([]).merged(with: fields.extras(besides: Self.known)).encoded
        let created = try await context.write { transaction in
            try transaction.execute(
                """
                INSERT INTO identity_services (id, type, name, description, enabled, extra)
                VALUES (\(id), \(fields.text("type") ?? ""), \(fields.text("name") ?? ""),
                    \(fields.text("description")), \(fields.flag("enabled") ?? true), \(extra))
                """)
            try transaction.noteIdentity("service \(id)")
            return try CatalogService.find(id, in: transaction)
        }
        guard let created else { throw Fault.internalError("a service was gone as soon as it was made") }
        return .one(created, base: context.base(call), status: 201)
    }

    private func update(_ call: Call, _ fields: Fields) async throws -> Reply {
        let old = try await service(call)
        let extra = try JSONValue(column: old.extra).merged(with: fields.extras(besides: Self.known)).encoded
        let changed = try await context.write { transaction in
            try transaction.execute(
                """
                UPDATE identity_services SET type = \(fields.text("type") ?? old.type),
                    name = \(fields.text("name") ?? old.name),
                    description = \(fields.has("description") ? fields.text("description") : old.description),
                    enabled = \(fields.flag("enabled") ?? old.isEnabled), extra = \(extra) WHERE id = \(old.id)
                """)
            try transaction.noteIdentity("service \(old.id)")
            return try CatalogService.find(old.id, in: transaction)
        }
        guard let changed else { throw Fault.missing("service", old.id) }
        return .one(changed, base: context.base(call))
    }
}
