import API
import HTTPTypes
import Model
import Store

/// Domains.
struct DomainEndpoints: Sendable {
    let context: IdentityContext
    private let id = PathParameter<DomainID>("domain_id", "The domain.", malformed: .notFound)

    init(context: IdentityContext) {
        self.context = context
    }

    var all: [Endpoint] {
        [
            Endpoint(
                .get, "/v3/domains", "List domains", query: .filters("name", flags: ["enabled"]),
                access: .ruleInHandler("identity:list_domains"), answers: .many("domains")
            ) { call in try await list(call) },
            Endpoint(
                .post, "/v3/domains", "Create a domain", body: JSONValue.self,
                schema: .wrapped(
                    "domain",
                    [
                        .required("name", .resourceName),
                        .optional(
                            "explicit_domain_id",
                            .nullable(.text(minLength: 1, maxLength: 64, pattern: "^[a-zA-Z0-9-]+$", format: nil))),
                    ] + ProjectDraft.properties),
                access: .rule("identity:create_domain"), answers: .one("domain", status: 201), faults: [.conflict]
            ) { call, body in try await create(call, Fields(body, "domain"), showsProject: false) },
            Endpoint(
                .get, "/v3/domains/\(id)", "Show a domain", query: .anything,
                access: .ruleInHandler("identity:get_domain"), answers: .one("domain"), faults: [.notFound]
            ) { call in
                .one(Domain(try await domain(call, rule: "identity:get_domain")), base: context.base(call))
            },
            Endpoint(
                .patch, "/v3/domains/\(id)", "Change a domain", body: JSONValue.self,
                schema: .wrapped("domain", [.optional("name", .resourceName)] + ProjectDraft.properties),
                access: .ruleInHandler("identity:update_domain"), answers: .one("domain"),
                faults: [.conflict, .notFound]
            ) { call, body in
                let old = try await domain(call, rule: "identity:update_domain")
                let draft = try ProjectDraft(Fields(body, "domain"), kind: "domain")
                if old.isImmutable, !draft.onlyUnlocks { throw Fault.immutable("domain", old.id) }
                let changed = try await ProjectEndpoints(context: context).change(old, draft, call)
                return .one(Domain(changed), base: context.base(call))
            },
            Endpoint(
                .delete, "/v3/domains/\(id)", "Delete a disabled domain with everything in it",
                access: .ruleInHandler("identity:delete_domain"), answers: .empty(), faults: [.notFound]
            ) { call in
                let old = try await domain(call, rule: "identity:delete_domain")
                if old.isImmutable { throw Fault.immutable("domain", old.id) }
                try await remove(old)
                return .empty()
            },
        ]
    }

    private func list(_ call: Call) async throws -> Reply {
        let own = call.caller.domain
        try call.authorize(
            "identity:list_domains", target: PolicyTarget(own.map { ["target.domain.id": $0.text] } ?? [:]))
        var filter = try ListFilter(
            call, context.options, texts: ["name": "p.name"], flags: ["enabled": "p.enabled"])
        filter.also("p.is_domain = 1")
        if let own { filter.also("p.id = \(own)") }
        let listed = filter
        let page = try await context.read { transaction in try Project.page(listed, in: transaction) }
        return .many(page.map(Domain.init), base: context.base(call), call: call)
    }

    private func domain(_ call: Call, rule: String) async throws -> Project {
        let id = try call[id]
        let found = try await context.read { transaction in try Project.find(ProjectID(id.text), in: transaction) }
        let domain = found.flatMap { $0.isDomain ? $0 : nil }
        try call.authorize(rule, target: PolicyTarget(domain == nil ? [:] : ["target.domain.id": id.text]))
        guard let domain else { throw Fault.missing("domain", id) }
        return domain
    }

    func create(_ call: Call, _ fields: Fields, showsProject: Bool) async throws -> Reply {
        let draft = try ProjectDraft(fields, kind: "domain")
        let name = draft.name ?? ""
        let id: ProjectID = fields.id("explicit_domain_id") ?? context.ids.nextName()
        let columns = try draft.merged(over: nil)
        let created = try await context.write(duplicate: Fault.duplicate("domain", name: name)) { transaction in
            try draft.insert(id: id, name: name, domain: nil, parent: nil, path: "/", columns, in: transaction)
            return try Project.find(id, in: transaction)
        }
        guard let created else { throw Fault.internalError("a domain was gone as soon as it was made") }
        let base = context.base(call)
        return showsProject ? .one(created, base: base, status: 201) : .one(Domain(created), base: base, status: 201)
    }

    func remove(_ domain: Project) async throws {
        let id = DomainID(domain.id.text)
        guard id != context.options.defaultDomain else {
            throw Fault.forbidden("The default domain cannot be deleted.")
        }
        let now = context.time.now()
        try await context.write { transaction in
            let isEnabled: Bool? = try transaction.first(
                "SELECT enabled FROM identity_projects WHERE id = \(id)"
            ) { row in try row[0] }
            guard isEnabled == false else {
                throw Fault.forbidden("Cannot delete a domain that is enabled, please disable it first.")
            }
            try Removal.domain(id, in: transaction)
            try Revocation.domain(id).record(at: now, context.options, in: transaction)
        }
    }
}
