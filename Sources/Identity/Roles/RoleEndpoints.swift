import API
import HTTPTypes
import Model
import Store

/// Roles.
struct RoleEndpoints: Sendable {
    let context: IdentityContext
    private let id = PathParameter<RoleID>("role_id", "The role.", malformed: .notFound)
    private static let known: Set<String> = ["id", "name", "domain_id", "description", "options", "links"]

    init(context: IdentityContext) {
        self.context = context
    }

    var all: [Endpoint] {
        [
            Endpoint(
                .get, "/v3/roles", "List roles", query: .filters("name", "domain_id"),
                access: .ruleInHandler("identity:list_roles"), answers: .many("roles")
            ) { call in try await list(call) },
            Endpoint(
                .post, "/v3/roles", "Create a role", body: JSONValue.self,
                schema: .wrapped(
                    "role",
                    [
                        .required("name", .resourceName), .optional("domain_id", .optionalIdentifier),
                        .optional("description", .description), .immutable,
                    ]),
                access: .ruleInHandler("identity:create_role"), answers: .one("role", status: 201),
                faults: [.conflict, .notFound]
            ) { call, body in try await create(call, Fields(body, "role")) },
            Endpoint(
                .get, "/v3/roles/\(id)", "Show a role", query: .anything,
                access: .ruleInHandler("identity:get_role"), answers: .one("role"), faults: [.notFound]
            ) { call in .one(try await role(call, "get"), base: context.base(call)) },
            Endpoint(
                .patch, "/v3/roles/\(id)", "Change a role", body: JSONValue.self,
                schema: .wrapped(
                    "role",
                    [.optional("name", .resourceName), .optional("description", .description), .immutable]),
                access: .ruleInHandler("identity:update_role"), answers: .one("role"), faults: [.conflict, .notFound]
            ) { call, body in try await update(call, Fields(body, "role")) },
            Endpoint(
                .delete, "/v3/roles/\(id)", "Delete a role", access: .ruleInHandler("identity:delete_role"),
                answers: .empty(), faults: [.notFound]
            ) { call in
                let old = try await role(call, "delete")
                if old.isImmutable { throw Fault.immutable("role", old.id) }
                try await context.write { transaction in
                    let carried = try CredentialUpkeep.find(.carriers([old.id]), in: transaction)
                    let implied = try RoleQueries.expanded([old.id], in: transaction).map(\.id)
                    let founded = try CredentialUpkeep.find(.carriers(implied), in: transaction)
                    try CredentialUpkeep.remove(carried, in: transaction)
                    try transaction.execute("DELETE FROM identity_roles WHERE id = \(old.id)")
                    try CredentialUpkeep.removeUnfounded(founded, in: transaction)
                    try transaction.noteIdentity("role \(old.id)")
                }
                return .empty()
            },
        ]
    }

    /// Without `domain_id`, only the roles of the complete cloud, as clients expect.
    private func list(_ call: Call) async throws -> Reply {
        let domain = call.rawQuery.last { $0.name == "domain_id" && !$0.value.isEmpty }?.value
        try call.authorize(
            domain == nil ? "identity:list_roles" : "identity:list_domain_roles", target: .own(call.caller))
        var filter = try ListFilter(call, context.options, texts: ["name": "r.name", "domain_id": "r.domain_id"])
        if domain == nil { filter.also("r.domain_id = ''") }
        let listed = filter
        let page = try await context.read { transaction in try Role.page(listed, in: transaction) }
        return .many(page, base: context.base(call), call: call)
    }

    private func role(_ call: Call, _ verb: String) async throws -> Role {
        let id = try call[id]
        let found = try await context.read { transaction in try Role.find(id, in: transaction) }
        let isOfDomain = found?.domain != nil
        try call.authorize(
            isOfDomain ? "identity:\(verb)_domain_role" : "identity:\(verb)_role",
            target: PolicyTarget(found?.target ?? [:]))
        guard let found else { throw Fault.missing("role", id) }
        return found
    }

    private func create(_ call: Call, _ fields: Fields) async throws -> Reply {
        let domain: DomainID? = fields.id("domain_id")
        try call.authorize(
            domain == nil ? "identity:create_role" : "identity:create_domain_role", target: .own(call.caller))
        let name = try fields.name(of: "role") ?? ""
        let options = try JSONValue.object([]).merged(with: fields.value("options")?.members ?? []).encoded
        let extra = try JSONValue.object([]).merged(with: fields.extras(besides: Self.known)).encoded
        let description = fields.text("description")
        let id: RoleID = context.ids.nextName()
        let created = try await context.write(duplicate: Fault.duplicate("role", name: name, domain: domain)) {
            transaction in
            if let domain,
                try !transaction.exists("SELECT 1 FROM identity_projects WHERE id = \(domain) AND is_domain = 1")
            {
                throw Fault.missing("domain", domain)
            }
            try transaction.execute(
                """
                INSERT INTO identity_roles (id, domain_id, name, description, options, extra)
                VALUES (\(id), \(domain?.text ?? ""), \(name), \(description), \(options), \(extra))
                """)
            try transaction.noteIdentity("role \(id)")
            return try Role.find(id, in: transaction)
        }
        guard let created else { throw Fault.internalError("a role was gone as soon as it was made") }
        return .one(created, base: context.base(call), status: 201)
    }

    private func update(_ call: Call, _ fields: Fields) async throws -> Reply {
        let old = try await role(call, "update")
        let asked = fields.value("options")?.members ?? []
        let unlocks =
            asked.contains { $0.name == "immutable" && $0.value != .bool(true) } && !fields.has("name")
            && !fields.has("description") && fields.extras(besides: Self.known).isEmpty
        if old.isImmutable, !unlocks { throw Fault.immutable("role", old.id) }
        let name = try fields.name(of: "role") ?? old.name
        let description = fields.has("description") ? fields.text("description") : old.description
        let options = try JSONValue(column: old.options).merged(with: asked).encoded
        let extra = try JSONValue(column: old.extra).merged(with: fields.extras(besides: Self.known)).encoded
        let changed = try await context.write(duplicate: Fault.duplicate("role", name: name, domain: old.domain)) {
            transaction in
            try transaction.execute(
                """
                UPDATE identity_roles SET name = \(name), description = \(description), options = \(options),
                    extra = \(extra) WHERE id = \(old.id)
                """)
            try transaction.noteIdentity("role \(old.id)")
            return try Role.find(old.id, in: transaction)
        }
        guard let changed else { throw Fault.missing("role", old.id) }
        return .one(changed, base: context.base(call))
    }
}
