import API
import HTTPTypes
import Model
import Store

/// Projects and their tree.
struct ProjectEndpoints: Sendable {
    let context: IdentityContext
    private let id = PathParameter<ProjectID>("project_id", "The project.", malformed: .notFound)
    private let trees = ["parents_as_list", "subtree_as_list", "parents_as_ids", "subtree_as_ids"]

    var all: [Endpoint] {
        [
            Endpoint(
                .get, "/v3/projects", "List projects",
                query: .filters(
                    "name", "domain_id", "parent_id", "tags", "tags-any", "not-tags", "not-tags-any",
                    flags: ["enabled", "is_domain"]),
                access: .ruleInHandler("identity:list_projects"), answers: .many("projects")
            ) { call in try await list(call) },
            Endpoint(
                .post, "/v3/projects", "Create a project", body: JSONValue.self,
                schema: .wrapped(
                    "project",
                    [
                        .required("name", .resourceName), .optional("domain_id", .optionalIdentifier),
                        .optional("parent_id", .optionalIdentifier), .optional("is_domain", .boolean),
                    ] + ProjectDraft.properties),
                access: .ruleInHandler("identity:create_project"), answers: .one("project", status: 201),
                faults: [.conflict, .notFound]
            ) { call, body in try await create(call, Fields(body, "project")) },
            Endpoint(
                .get, "/v3/projects/\(id)", "Show a project",
                query: QueryRules(
                    trees.map { QueryParameter<String>($0, "Adds this view of the tree.").description },
                    unknown: .ignore),
                access: .ruleInHandler("identity:get_project"), answers: .one("project"), faults: [.notFound]
            ) { call in try await show(call) },
            Endpoint(
                .patch, "/v3/projects/\(id)", "Change a project", body: JSONValue.self,
                schema: .wrapped("project", [.optional("name", .resourceName)] + ProjectDraft.properties),
                access: .ruleInHandler("identity:update_project"), answers: .one("project"),
                faults: [.conflict, .notFound]
            ) { call, body in try await update(call, Fields(body, "project")) },
            Endpoint(
                .delete, "/v3/projects/\(id)", "Delete a project", access: .ruleInHandler("identity:delete_project"),
                answers: .empty(), faults: [.notFound]
            ) { call in try await delete(call) },
        ]
    }

    private func list(_ call: Call) async throws -> Reply {
        let own = call.caller.domain
        try call.authorize(
            "identity:list_projects", target: PolicyTarget(own.map { ["target.domain_id": $0.text] } ?? [:]))
        var filter = try ListFilter(
            call, context.options,
            texts: ["name": "p.name", "domain_id": "p.domain_id", "parent_id": "p.parent_id"],
            flags: ["enabled": "p.enabled", "is_domain": "p.is_domain"])
        if !call.rawQuery.contains(where: { $0.name == "is_domain" }) { filter.also("p.is_domain = 0") }
        for condition in try ProjectTags.conditions(call.rawQuery) { filter.also(condition) }
        if let own { filter.also("(p.domain_id = \(own) OR p.id = \(own))") }
        let listed = filter
        let page = try await context.read { transaction in try Project.page(listed, in: transaction) }
        return .many(page, base: context.base(call), call: call)
    }

    /// The project in the path. A caller who may not see it learns nothing, not even whether it exists.
    private func project(_ call: Call, rule: String) async throws -> Project {
        let id = try call[id]
        let found = try await context.read { transaction in try Project.find(id, in: transaction) }
        try call.authorize(rule, target: PolicyTarget(found?.target ?? [:]))
        guard let found else { throw Fault.missing("project", id) }
        return found
    }

    private func create(_ call: Call, _ fields: Fields) async throws -> Reply {
        let draft = try ProjectDraft(fields, kind: "project")
        let name = draft.name ?? ""
        if fields.flag("is_domain") == true {
            try call.authorize("identity:create_project", target: ["target.project.domain_id": "None"])
            return try await DomainEndpoints(context: context).create(call, fields, showsProject: true)
        }
        let parentID: ProjectID? = fields.id("parent_id")
        let parent: Project? =
            if let parentID { try await context.read { try Project.find(parentID, in: $0) } } else { nil }
        let domain: DomainID =
            fields.id("domain_id") ?? parent.map { $0.domain ?? DomainID($0.id.text) } ?? call.caller.homeDomain
            ?? context.options.defaultDomain
        try call.authorize("identity:create_project", target: ["target.project.domain_id": domain.text])
        if let parentID, parent == nil { throw Fault.missing("project", parentID) }
        let project: ProjectID = context.ids.nextName()
        let columns = try draft.merged(over: nil)
        let deepest = context.options.projectLevels
        let created = try await context.write(duplicate: Fault.duplicate("project", name: name, domain: domain)) {
            transaction in
            let aboveID = parentID ?? ProjectID(domain.text)
            if let parentID, try Project.find(parentID, in: transaction) == nil {
                throw Fault.badRequest("Could not find project: \(parentID).", field: "project.parent_id")
            }
            guard let above = try Project.find(aboveID, in: transaction),
                let top = try Project.find(ProjectID(domain.text), in: transaction), top.isDomain
            else { throw Fault.missing("domain", domain) }
            guard above.id == top.id || above.domain == domain else {
                throw Fault.badRequest(
                    "The parent project is in another domain; 'domain_id' must be that of the parent.",
                    field: "project.domain_id")
            }
            guard above.isEnabled, top.isEnabled else {
                throw Fault.forbidden("Cannot create a project below one that is disabled: \(above.id).")
            }
            guard above.ancestors.count < deepest else {
                throw Fault.forbidden("The project tree may be \(deepest) levels deep; \(above.id) is at the last one.")
            }
            try draft.insert(
                id: project, name: name, domain: domain, parent: above.id, path: above.path, columns, in: transaction)
            return try Project.find(project, in: transaction)
        }
        guard let created else { throw Fault.internalError("a project was gone as soon as it was made") }
        return .one(created, base: context.base(call), status: 201)
    }

    private func update(_ call: Call, _ fields: Fields) async throws -> Reply {
        let old = try await project(call, rule: "identity:update_project")
        let draft = try ProjectDraft(fields, kind: "project")
        if old.isImmutable, !draft.onlyUnlocks { throw Fault.immutable("project", old.id) }
        for (name, value) in [("domain_id", old.domain?.text), ("parent_id", old.parent?.text)] {
            if let asked = fields.text(name), asked != value {
                throw Fault.badRequest("A project's '\(name)' cannot change.", field: "project.\(name)")
            }
        }
        return .one(try await change(old, draft, call), base: context.base(call))
    }

    /// Also used for domains.
    func change(_ old: Project, _ draft: ProjectDraft, _ call: Call) async throws -> Project {
        let now = context.time.now()
        let columns = try draft.merged(over: old)
        let changed = try await context.write(
            duplicate: Fault.duplicate(old.isDomain ? "domain" : "project", name: draft.name ?? "", domain: old.domain)
        ) { transaction in
            if draft.isEnabled == false || draft.name.map({ $0 != old.name }) ?? false {
                try GrantAuthority(call: call).requireDeployment(of: old, in: transaction)
            }
            try draft.update(old, columns, in: transaction)
            if old.isEnabled, draft.isEnabled == false {
                let revocation: Revocation = old.isDomain ? .domain(DomainID(old.id.text)) : .project(old.id)
                try revocation.record(at: now, context.options, in: transaction)
            }
            return try Project.find(old.id, in: transaction)
        }
        guard let changed else { throw Fault.missing("project", old.id) }
        return changed
    }

    private func delete(_ call: Call) async throws -> Reply {
        let old = try await project(call, rule: "identity:delete_project")
        if old.isImmutable { throw Fault.immutable("project", old.id) }
        if old.isDomain {
            try await DomainEndpoints(context: context).remove(old)
            return .empty()
        }
        let now = context.time.now()
        try await context.write { transaction in
            try GrantAuthority(call: call).requireDeployment(of: old, in: transaction)
            guard try !transaction.exists("SELECT 1 FROM identity_projects WHERE parent_id = \(old.id) LIMIT 1") else {
                throw Fault.forbidden(
                    "Cannot delete the project \(old.id): it has projects below it; delete those first.")
            }
            try Removal.project(old.id, in: transaction)
            try Revocation.project(old.id).record(at: now, context.options, in: transaction)
        }
        return .empty()
    }

    private func show(_ call: Call) async throws -> Reply {
        let project = try await project(call, rule: "identity:get_project")
        let asked = Set(call.rawQuery.map(\.name)).intersection(trees)
        guard !asked.isEmpty else { return .one(project, base: context.base(call)) }
        let limit = context.options.pageSize
        let (above, below) = try await context.read { transaction -> ([Project], [Project]) in
            let above = try transaction.all(
                """
                SELECT \(Project.columns) FROM identity_projects p
                WHERE p.id IN \(list: project.ancestors) AND p.is_domain = 0 ORDER BY length(p.path)
                """
            ) { try Project($0) }
            let below = try transaction.all(
                """
                SELECT \(Project.columns) FROM identity_projects p
                WHERE p.path LIKE \(project.path + "_%") ORDER BY p.path LIMIT \(limit)
                """
            ) { try Project($0) }
            return (above, below)
        }
        let base = context.base(call)
        var json = JSONWriter()
        json.object { json in
            json.member("project") { json in
                json.object { json in
                    project.write(to: &json)
                    json.member("links") { json in
                        json.object { json in json.member("self", "\(base)/v3/\(project.selfPath)") }
                    }
                    if asked.contains("parents_as_list") { json.projects("parents", above, base) }
                    if asked.contains("subtree_as_list") { json.projects("subtree", below, base) }
                    if asked.contains("parents_as_ids") { json.chain("parents", project.ancestors.reversed()[...]) }
                    if asked.contains("subtree_as_ids") { json.tree("subtree", of: project.id, below) }
                }
            }
        }
        return .json(bytes: json.bytes)
    }
}

extension JSONWriter {
    fileprivate mutating func projects(_ name: String, _ projects: [Project], _ base: String) {
        member(name) { json in
            json.array(projects) { json, project in
                json.object { json in
                    json.member("project") { json in json.resource(project, base: base) }
                }
            }
        }
    }

    /// Nested ids: `{"a": {"b": null}}`; null if there is none.
    fileprivate mutating func chain(_ name: String, _ ids: ArraySlice<ProjectID>) {
        guard let first = ids.first else {
            member(name, String?.none)
            return
        }
        member(name) { json in json.object { json in json.chain(first.text, ids.dropFirst()) } }
    }

    fileprivate mutating func tree(_ name: String, of parent: ProjectID, _ projects: [Project]) {
        let children = projects.filter { $0.parent == parent }
        if children.isEmpty {
            member(name, String?.none)
            return
        }
        member(name) { json in
            json.object { json in for child in children { json.tree(child.id.text, of: child.id, projects) } }
        }
    }
}

extension Caller {
    /// The domain, if the token's scope is a domain.
    var domain: DomainID? { if case .domain(let domain) = scope { domain } else { nil } }

    /// The domain of new objects whose request names none: the token's, as in Keystone.
    var homeDomain: DomainID? {
        switch scope {
        case .domain(let domain): domain
        case .project(_, let domain): domain
        case .system, .unscoped: nil
        }
    }
}
