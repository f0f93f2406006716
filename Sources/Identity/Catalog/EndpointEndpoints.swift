import API
import HTTPTypes
import Model
import Store

/// The endpoints of the catalog.
struct EndpointEndpoints: Sendable {
    let context: IdentityContext
    private let id = PathParameter<CatalogEndpointID>("endpoint_id", "The endpoint.", malformed: .notFound)
    private static let known: Set<String> = [
        "id", "service_id", "interface", "region", "region_id", "url", "enabled", "links",
    ]
    private static let address = Schema.text(minLength: 1, maxLength: 2048, pattern: nil, format: nil)
    private static let interface = Schema.oneOfTexts(["public", "internal", "admin"])
    private static let properties: [ObjectSchema.Property] = [
        .optional("region_id", .nullable(.resourceName)), .optional("region", .nullable(.resourceName)),
        .optional("enabled", .boolean),
    ]

    init(context: IdentityContext) {
        self.context = context
    }

    var all: [Endpoint] {
        [
            Endpoint(
                .get, "/v3/endpoints", "List endpoints", query: .filters("service_id", "interface", "region_id"),
                access: .rule("identity:list_endpoints"), answers: .many("endpoints")
            ) { call in
                let filter = try ListFilter(
                    call, context.options,
                    texts: [
                        "service_id": "e.service_id", "interface": "e.interface", "region_id": "e.region_id",
                        "region": "e.region_id",
                    ], flags: ["enabled": "e.enabled"])
                let page = try await context.read { transaction in
                    try filter.page(
                        "SELECT \(CatalogEndpoint.columns) FROM identity_endpoints e", by: "e.id", in: transaction
                    ) { try CatalogEndpoint($0) }
                }
                return .many(page, base: context.base(call), call: call)
            },
            Endpoint(
                .post, "/v3/endpoints", "Create an endpoint", body: JSONValue.self,
                schema: .wrapped(
                    "endpoint",
                    [
                        .required("service_id", .identifier), .required("interface", Self.interface),
                        .required("url", Self.address),
                    ] + Self.properties),
                access: .rule("identity:create_endpoint"), answers: .one("endpoint", status: 201)
            ) { call, body in try await create(call, Fields(body, "endpoint")) },
            Endpoint(
                .get, "/v3/endpoints/\(id)", "Show an endpoint", query: .anything,
                access: .rule("identity:get_endpoint"), answers: .one("endpoint"), faults: [.notFound]
            ) { call in .one(try await endpoint(call), base: context.base(call)) },
            Endpoint(
                .patch, "/v3/endpoints/\(id)", "Change an endpoint", body: JSONValue.self,
                schema: .wrapped(
                    "endpoint",
                    [
                        .optional("service_id", .identifier), .optional("interface", Self.interface),
                        .optional("url", Self.address),
                    ] + Self.properties),
                access: .rule("identity:update_endpoint"), answers: .one("endpoint"), faults: [.notFound]
            ) { call, body in try await update(call, Fields(body, "endpoint")) },
            Endpoint(
                .delete, "/v3/endpoints/\(id)", "Delete an endpoint", access: .rule("identity:delete_endpoint"),
                answers: .empty(), faults: [.notFound]
            ) { call in
                let old = try await endpoint(call)
                try await context.write { transaction in
                    try transaction.execute("DELETE FROM identity_endpoints WHERE id = \(old.id)")
                    try transaction.noteIdentity("endpoint \(old.id)")
                }
                return .empty()
            },
        ]
    }

    private func endpoint(_ call: Call) async throws -> CatalogEndpoint {
        let id = try call[id]
        guard let found = try await context.read({ try CatalogEndpoint.find(id, in: $0) }) else {
            throw Fault.missing("endpoint", id)
        }
        return found
    }

    /// Throws 400 if the service or region in a body does not exist, because the body is wrong.
    private static func check(_ service: CatalogServiceID, _ region: RegionID?, in transaction: any Transaction) throws
    {
        guard try transaction.exists("SELECT 1 FROM identity_services WHERE id = \(service)") else {
            throw Fault.badRequest("Could not find service: \(service).", field: "endpoint.service_id")
        }
        if let region, try !transaction.exists("SELECT 1 FROM identity_regions WHERE id = \(region)") {
            throw Fault.badRequest("Could not find region: \(region).", field: "endpoint.region_id")
        }
    }

    private static func check(url: String) throws(Fault) {
        var rest = url[...]
        for mark in ["$", "%"] {
            for name in ["project_id", "tenant_id", "user_id"] {
                rest = rest.replacing("\(mark)(\(name))s", with: "")[...]
            }
        }
        guard !rest.contains("$("), !rest.contains("%(") else {
            throw .badRequest(
                "The endpoint's url may hold $(project_id)s, $(tenant_id)s and $(user_id)s, nothing else of that kind.",
                field: "endpoint.url")
        }
    }

    private func create(_ call: Call, _ fields: Fields) async throws -> Reply {
        let id: CatalogEndpointID = context.ids.nextName()
        let service: CatalogServiceID = fields.id("service_id") ?? ""
        // A region given by the old name comes into being, as older clients expect.
        let old: RegionID? = fields.id("region")
        let region: RegionID? = fields.id("region_id") ?? old
        let makesRegion = fields.text("region_id") == nil && old != nil
        let url = fields.text("url") ?? ""
        try Self.check(url: url)
        let extra = try JSONValue.object([]).merged(with: fields.extras(besides: Self.known)).encoded
        let created = try await context.write { transaction in
            if makesRegion, let region { try Region.insertIfMissing(region, in: transaction) }
            try Self.check(service, region, in: transaction)
            try transaction.execute(
                """
                INSERT INTO identity_endpoints (id, service_id, interface, region_id, url, enabled, extra)
                VALUES (\(id), \(service), \(fields.text("interface") ?? ""), \(region), \(url),
                    \(fields.flag("enabled") ?? true), \(extra))
                """)
            try transaction.noteIdentity("endpoint \(id)")
            return try CatalogEndpoint.find(id, in: transaction)
        }
        guard let created else { throw Fault.internalError("an endpoint was gone as soon as it was made") }
        return .one(created, base: context.base(call), status: 201)
    }

    private func update(_ call: Call, _ fields: Fields) async throws -> Reply {
        let old = try await endpoint(call)
        let service: CatalogServiceID = fields.id("service_id") ?? old.service
        let names = ["region_id", "region"].first(where: fields.has)
        let region: RegionID? = if let names { fields.id(names) } else { old.region }
        let url = fields.text("url") ?? old.url
        try Self.check(url: url)
        let extra = try JSONValue(column: old.extra).merged(with: fields.extras(besides: Self.known)).encoded
        let changed = try await context.write { transaction in
            try Self.check(service, region, in: transaction)
            try transaction.execute(
                """
                UPDATE identity_endpoints SET service_id = \(service),
                    interface = \(fields.text("interface") ?? old.interface), region_id = \(region), url = \(url),
                    enabled = \(fields.flag("enabled") ?? old.isEnabled), extra = \(extra) WHERE id = \(old.id)
                """)
            try transaction.noteIdentity("endpoint \(old.id)")
            return try CatalogEndpoint.find(old.id, in: transaction)
        }
        guard let changed else { throw Fault.missing("endpoint", old.id) }
        return .one(changed, base: context.base(call))
    }
}
