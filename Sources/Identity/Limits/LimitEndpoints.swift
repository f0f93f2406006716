import API
import HTTPTypes
import Model
import Store

/// Limits of projects and domains, and the model of their relation. A request creates all of its limits or none.
struct LimitEndpoints: Sendable {
    let context: IdentityContext
    private let id = PathParameter<LimitID>("limit_id", "The limit.", malformed: .notFound)

    init(context: IdentityContext) {
        self.context = context
    }

    var all: [Endpoint] {
        [
            Endpoint(
                .get, "/v3/limits/model", "Show the limit model", query: .anything,
                access: .rule("identity:get_limit_model"), answers: .one("model")
            ) { call in
                let model = context.options.limitModel
                var json = JSONWriter()
                json.object { json in
                    json.member("model") { json in
                        json.object { json in
                            json.member("name", model.rawValue)
                            json.member("description", model.sentence)
                        }
                    }
                }
                return .json(bytes: json.bytes)
            },
            Endpoint(
                .get, "/v3/limits", "List limits",
                query: .filters("service_id", "region_id", "resource_name", "project_id", "domain_id"),
                access: .rule("identity:list_limits"), answers: .many("limits")
            ) { call in try await list(call) },
            Endpoint(
                .post, "/v3/limits", "Create limits", body: JSONValue.self, schema: Self.listSchema,
                access: .rule("identity:create_limits"),
                answers: Endpoint.Answer(status: 201, schema: .answers("limits")), faults: [.conflict]
            ) { call, body in try await create(call, Fields(body).elements("limits") ?? []) },
            Endpoint(
                .get, "/v3/limits/\(id)", "Show a limit", query: .anything,
                access: .ruleInHandler("identity:get_limit"), answers: .one("limit"), faults: [.notFound]
            ) { call in
                let id = try call[id]
                let found = try await context.read { try Limit.find(id, in: $0) }
                try call.authorize("identity:get_limit", target: PolicyTarget(found?.target ?? [:]))
                guard let found else { throw Fault.missing("limit", id) }
                return .one(found, base: context.base(call))
            },
            Endpoint(
                .patch, "/v3/limits/\(id)", "Change a limit", body: JSONValue.self,
                schema: .wrapped(
                    "limit", [.optional("resource_limit", .limitValue), .optional("description", .description)],
                    others: .refused),
                access: .rule("identity:update_limit"), answers: .one("limit"), faults: [.notFound]
            ) { call, body in try await update(call, Fields(body, "limit")) },
            Endpoint(
                .delete, "/v3/limits/\(id)", "Delete a limit", access: .rule("identity:delete_limit"),
                answers: .empty(), faults: [.notFound]
            ) { call in
                let id = try call[id]
                try await context.write { transaction in
                    guard try transaction.execute("DELETE FROM identity_limits WHERE id = \(id)") == 1 else {
                        throw Fault.missing("limit", id)
                    }
                    try transaction.noteIdentity("limit \(id)")
                }
                return .empty()
            },
        ]
    }

    private static let listSchema: Schema = {
        let properties: [ObjectSchema.Property] = [
            .required("service_id", .identifier), .required("resource_name", .resourceName),
            .required("resource_limit", .limitValue), .optional("project_id", .optionalIdentifier),
            .optional("domain_id", .optionalIdentifier), .optional("region_id", .nullable(.resourceName)),
            .optional("description", .description),
        ]
        let list = Schema.array(of: .object(ObjectSchema(properties)), minItems: 1, maxItems: 1000, unique: false)
        return .object(ObjectSchema([.required("limits", list)], others: .ignored))
    }()

    /// Operators and services see all limits; other callers see those of their token's project or domain.
    private func list(_ call: Call) async throws -> Reply {
        var filter = try ListFilter(
            call, context.options,
            texts: [
                "service_id": "g.service_id", "region_id": "g.region_id", "resource_name": "g.resource_name",
                "project_id": "(CASE WHEN p.is_domain = 0 THEN m.scope_id END)",
                "domain_id": "(CASE WHEN p.is_domain = 1 THEN m.scope_id END)",
            ])
        let caller = call.caller
        if !caller.has(role: "admin"), !caller.has(role: "service"), caller.scope != .system {
            switch caller.scope {
            case .project(let project, _): filter.also("m.scope_id = \(project)")
            case .domain(let domain): filter.also("m.scope_id = \(domain) OR p.domain_id = \(domain)")
            case .system, .unscoped: filter.also("1 = 0")
            }
        }
        let listed = filter
        let page = try await context.read { transaction in
            try listed.page("SELECT \(Limit.columns) FROM \(Limit.source)", by: "m.id", in: transaction) {
                try Limit($0)
            }
        }
        return .many(page, base: context.base(call), call: call)
    }

    private func create(_ call: Call, _ elements: [JSONValue]) async throws -> Reply {
        let drafts = try elements.map { element in
            try LimitDraft(Fields(element), id: context.ids.nextName(), isHierarchical: isHierarchical)
        }
        // Domains first, so that a project's limit is measured against its domain's of the same request.
        let ordered = drafts.filter { $0.isOfDomain } + drafts.filter { !$0.isOfDomain }
        let created = try await context.write(duplicate: LimitDraft.duplicate) { transaction in
            for draft in ordered { try draft.insert(in: transaction) }
            return try drafts.compactMap { try Limit.find($0.id, in: transaction) }
        }
        return .many(Page(items: created, next: nil), base: context.base(call), call: call, status: 201)
    }

    private var isHierarchical: Bool { context.options.limitModel == .strictTwoLevel }

    private func update(_ call: Call, _ fields: Fields) async throws -> Reply {
        let id = try call[id]
        let isHierarchical = isHierarchical
        let changed = try await context.write { transaction -> Limit? in
            guard let old = try Limit.find(id, in: transaction) else { throw Fault.missing("limit", id) }
            let value = fields.integer("resource_limit") ?? old.value
            if isHierarchical, let registered = try RegisteredLimit.find(old.registered, in: transaction) {
                try LimitTree(registered: registered, holder: old.holder).check(value, in: transaction)
            }
            let description = fields.has("description") ? fields.text("description") : old.description
            try transaction.execute(
                """
                UPDATE identity_limits SET resource_limit = \(value), description = \(description) WHERE id = \(id)
                """)
            try transaction.noteIdentity("limit \(id)")
            return try Limit.find(id, in: transaction)
        }
        guard let changed else { throw Fault.missing("limit", id) }
        return .one(changed, base: context.base(call))
    }
}

extension IdentityOptions.LimitModel {
    fileprivate var sentence: String {
        switch self {
        case .flat: "Limits stand alone: where a project is in the tree does not matter."
        case .strictTwoLevel: "Projects stand right below a domain, and none is granted more than its domain."
        }
    }
}
