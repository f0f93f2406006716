import API
import HTTPTypes
import Model
import Store

/// Role assignments, as they were granted or as they take effect.
struct AssignmentEndpoints: Sendable {
    let context: IdentityContext

    var all: [Endpoint] {
        [
            Endpoint(
                .get, "/v3/role_assignments", "List role assignments",
                query: QueryRules(
                    [
                        "user.id", "group.id", "role.id", "scope.project.id", "scope.domain.id", "scope.system",
                        "scope.OS-INHERIT:inherited_to",
                    ].map { QueryParameter<String>($0, "Only those of this \($0).").description }
                        + ["effective", "include_names", "include_subtree"].map {
                            QueryParameter<Bool>($0, "A flag; the name alone turns it on.").description
                        }, unknown: .collect),
                access: .ruleInHandler("identity:list_role_assignments"), answers: .many("role_assignments"),
                faults: [.forbidden]
            ) { call in try await list(call) }
        ]
    }

    private func list(_ call: Call) async throws -> Reply {
        let filter = try AssignmentFilter(call)
        let own = call.caller.domain
        let rule = "identity:list_role_assignments" + (filter.includesSubtree ? "_for_tree" : "")
        let domain = try await domain(of: filter)
        try call.authorize(
            rule, target: ["target.domain_id": (filter.includesSubtree ? domain : own)?.text ?? "None"])
        let limit = context.options.pageSize * 10
        let items = try await context.read { transaction in
            try Assignments(filter: filter, domain: own, limit: limit).list(in: transaction)
        }
        let base = context.base(call)
        var json = JSONWriter(capacity: 256 + 256 * items.count)
        json.object { json in
            json.member("role_assignments") { json in
                json.array(items) { json, item in item.write(to: &json, base, includesNames: filter.includesNames) }
            }
            json.links(of: call, base: base)
        }
        return .json(bytes: json.bytes)
    }

    /// The domain of the project whose tree is requested.
    private func domain(of filter: AssignmentFilter) async throws -> DomainID? {
        guard filter.includesSubtree, let project = filter.project else { return nil }
        return try await context.read { transaction in try Project.find(project, in: transaction)?.domain }
    }
}

/// The query of the list.
struct AssignmentFilter: Sendable {
    var user: UserID?
    var group: GroupID?
    var role: RoleID?
    var project: ProjectID?
    var domain: DomainID?
    var system = false
    /// Nil for both kinds.
    var inherited: Bool?
    var isEffective = false
    var includesNames = false
    var includesSubtree = false

    init(_ call: Call) throws(Fault) {
        for (name, value) in call.rawQuery {
            switch name {
            case "user.id": user = UserID(value)
            case "group.id": group = GroupID(value)
            case "role.id": role = RoleID(value)
            case "scope.project.id": project = ProjectID(value)
            case "scope.domain.id": domain = DomainID(value)
            case "scope.system": system = true
            case "scope.OS-INHERIT:inherited_to":
                guard value == "projects" else {
                    throw .badRequest("'\(name)' must be 'projects'.", field: name)
                }
                inherited = true
            case "effective": isEffective = Self.isOn(value)
            case "include_names": includesNames = Self.isOn(value)
            case "include_subtree": includesSubtree = Self.isOn(value)
            default: continue
            }
        }
        if isEffective, group != nil {
            throw .badRequest(
                "'effective' shows users, not groups; leave 'group.id' out.", field: "group.id")
        }
        if user != nil, group != nil {
            throw .badRequest("'user.id' and 'group.id' cannot be combined; give one of them.", field: "group.id")
        }
        if [project != nil, domain != nil, system].count(where: { $0 }) > 1 {
            throw .badRequest("Only one scope can be given.", field: "scope")
        }
        if includesSubtree, project == nil {
            throw .badRequest("'include_subtree' needs 'scope.project.id'.", field: "include_subtree")
        }
    }

    /// Any value except an explicit no means yes, as in Keystone.
    private static func isOn(_ value: String) -> Bool { value != "0" }
}
