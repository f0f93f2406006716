import API
import Model
import Store

/// The list of role assignments, with a bounded number of queries for any length.
struct Assignments: Sendable {
    let filter: AssignmentFilter
    /// The domain of the caller's token, if it has that scope: nothing of other domains is shown.
    let domain: DomainID?
    let limit: Int

    /// One line of the list.
    struct Item: Sendable {
        var grant: Grant
        /// The group through which an effective assignment comes.
        var through: GroupID?
        var actorName: Named?
        var targetName: Named?
        var roleName: String?

        struct Named: Sendable {
            let name: String
            let domain: DomainID?
            let domainName: String?
        }
    }

    func list(in transaction: any Transaction) throws -> [Item] {
        var items = try filter.isEffective ? effective(in: transaction) : stored(in: transaction)
        if filter.includesNames { try addNames(to: &items, in: transaction) }
        return items
    }

    // MARK: As given

    private func stored(in transaction: any Transaction) throws -> [Item] {
        var conditions: [SQL] = []
        if let user = filter.user { conditions.append("a.actor_kind = 'user' AND a.actor_id = \(user)") }
        if let group = filter.group { conditions.append("a.actor_kind = 'group' AND a.actor_id = \(group)") }
        if let role = filter.role { conditions.append("a.role_id = \(role)") }
        if let inherited = filter.inherited { conditions.append("a.inherited = \(inherited)") }
        if let project = filter.project {
            if filter.includesSubtree {
                conditions.append("a.target_kind = 'project' AND a.target_id IN (\(Self.subtree(of: project)))")
            } else {
                conditions.append("a.target_kind = 'project' AND a.target_id = \(project)")
            }
        }
        if let domain = filter.domain { conditions.append("a.target_kind = 'domain' AND a.target_id = \(domain)") }
        if filter.system { conditions.append("a.target_kind = 'system'") }
        return try grants(conditions, in: transaction).map { Item(grant: $0) }
    }

    private static func subtree(of project: ProjectID) -> SQL {
        "SELECT p.id FROM identity_projects p WHERE p.id = \(project) OR p.path LIKE '%/' || \(project) || '/%'"
    }

    private func grants(_ conditions: [SQL], in transaction: any Transaction) throws -> [Grant] {
        var conditions = conditions
        if let domain {
            conditions.append(
                """
                (a.target_kind = 'domain' AND a.target_id = \(domain)) OR (a.target_kind = 'project' AND a.target_id IN
                    (SELECT p.id FROM identity_projects p WHERE p.domain_id = \(domain)))
                """)
        }
        let clause = conditions.reduce("" as SQL) { $0 + ($0.isEmpty ? " WHERE (" : " AND (") + $1 + ")" }
        return try transaction.all(
            """
            SELECT a.actor_kind, a.actor_id, a.target_kind, a.target_id, a.role_id, a.inherited
            FROM identity_assignments a\(clause)
            ORDER BY a.target_kind, a.target_id, a.actor_kind, a.actor_id, a.role_id, a.inherited LIMIT \(limit)
            """
        ) { row in
            let kind: String = try row[0]
            let actor: String = try row[1]
            let targetKind: String = try row[2]
            let target: String = try row[3]
            return Grant(
                actor: kind == "user" ? .user(UserID(actor)) : .group(GroupID(actor)),
                target: targetKind == "project"
                    ? .project(ProjectID(target)) : targetKind == "domain" ? .domain(DomainID(target)) : .system,
                role: try row[4], isInherited: try row[5])
        }
    }

    // MARK: As it comes out

    /// Effective assignments: groups are replaced by their users, inherited grants by grants on projects, and implied
    /// roles are added.
    private func effective(in transaction: any Transaction) throws -> [Item] {
        if filter.inherited == true { return [] }
        var conditions: [SQL] = []
        if let user = filter.user { conditions.append(RoleQueries.held(by: user)) }
        if let project = filter.project { conditions.append(try reaching(project, in: transaction)) }
        if let domain = filter.domain { conditions.append(RoleQueries.onDomain(domain)) }
        if filter.system { conditions.append(RoleQueries.onSystem) }
        let found = try grants(conditions, in: transaction)
        let reached = try comeDown(found, in: transaction)
        let members = try membersOfGroups(in: reached, in: transaction)
        let implied = try impliedRoles(in: transaction)
        var seen: Set<Grant> = []
        var items: [Item] = []
        for grant in reached {
            let users: [(UserID, GroupID?)] =
                switch grant.actor {
                case .user(let id): [(id, nil)]
                case .group(let id): (members[id] ?? []).map { ($0, id) }
                }
            for (user, group) in users where filter.user.map({ $0 == user }) ?? true {
                for role in Self.closure(of: grant.role, implied) where filter.role.map({ $0 == role }) ?? true {
                    let line = Grant(actor: .user(user), target: grant.target, role: role, isInherited: false)
                    guard seen.insert(line).inserted else { continue }
                    items.append(Item(grant: line, through: group))
                    if items.count == limit { return items }
                }
            }
        }
        return items
    }

    private func reaching(_ project: ProjectID, in transaction: any Transaction) throws -> SQL {
        let found = try Project.find(project, in: transaction)
        let own = RoleQueries.onProject(project, path: found?.path ?? "/")
        guard filter.includesSubtree else { return own }
        return "\(own) OR (a.target_kind = 'project' AND a.target_id IN (\(Self.subtree(of: project))))"
    }

    /// Replaces inherited grants by grants on the projects that they reach.
    private func comeDown(_ grants: [Grant], in transaction: any Transaction) throws -> [Grant] {
        let inherited = grants.filter(\.isInherited)
        guard !inherited.isEmpty else { return grants }
        let roots = Set(inherited.map(\.target.id))
        var below: [String: [ProjectID]] = [:]
        var wanted: SQL = "p.is_domain = 0"
        if let project = filter.project {
            wanted += filter.includesSubtree ? " AND p.id IN (\(Self.subtree(of: project)))" : " AND p.id = \(project)"
        } else {
            let domains: SQL = "SELECT q.domain_id FROM identity_projects q WHERE q.id IN \(list: roots)"
            wanted += " AND (p.domain_id IN \(list: roots) OR p.domain_id IN (\(domains)))"
        }
        try transaction.forEach(
            "SELECT p.id, p.path FROM identity_projects p WHERE \(wanted) ORDER BY p.id LIMIT \(limit)"
        ) {
            row in
            let id: ProjectID = try row[0]
            let path: String = try row[1]
            for above in path.split(separator: "/").map(String.init) where above != id.text && roots.contains(above) {
                below[above, default: []].append(id)
            }
        }
        return grants.filter { !$0.isInherited }
            + inherited.flatMap { grant in
                (below[grant.target.id] ?? []).map {
                    Grant(actor: grant.actor, target: .project($0), role: grant.role, isInherited: false)
                }
            }
    }

    private func membersOfGroups(
        in grants: [Grant], in transaction: any Transaction
    ) throws -> [GroupID: [UserID]] {
        let groups = Set(grants.compactMap { if case .group(let id) = $0.actor { id } else { nil } })
        guard !groups.isEmpty else { return [:] }
        var members: [GroupID: [UserID]] = [:]
        try transaction.forEach(
            """
            SELECT group_id, user_id FROM identity_memberships WHERE group_id IN \(list: groups)
            ORDER BY user_id LIMIT \(limit)
            """
        ) { row in members[try row[0], default: []].append(try row[1]) }
        return members
    }

    private func impliedRoles(in transaction: any Transaction) throws -> [RoleID: [RoleID]] {
        var implied: [RoleID: [RoleID]] = [:]
        try transaction.forEach("SELECT prior_id, implied_id FROM identity_implied_roles") { row in
            implied[try row[0], default: []].append(try row[1])
        }
        return implied
    }

    private static func closure(of role: RoleID, _ implied: [RoleID: [RoleID]]) -> [RoleID] {
        var roles = [role]
        var next = 0
        while next < roles.count {
            for role in implied[roles[next]] ?? [] where !roles.contains(role) { roles.append(role) }
            next += 1
        }
        return roles
    }

    // MARK: Names

    private func addNames(to items: inout [Item], in transaction: any Transaction) throws {
        var names: [String: Item.Named] = [:]
        func collect(_ kind: String, _ query: SQL) throws {
            try transaction.forEach(query) { row in
                let id: String = try row[0]
                names["\(kind) \(id)"] = Item.Named(name: try row[1], domain: try row[2], domainName: try row[3])
            }
        }
        let grants = items.map(\.grant)
        let ids = { (kind: String) in Set(grants.filter { $0.actor.kind == kind }.map(\.actor.id)) }
        let targets = { (kind: String) in Set(grants.filter { $0.target.kind == kind }.map(\.target.id)) }
        try collect(
            "user",
            """
            SELECT u.id, u.name, d.id, d.name FROM identity_users u JOIN identity_projects d ON d.id = u.domain_id
            WHERE u.id IN \(list: ids("user"))
            """)
        try collect(
            "group",
            """
            SELECT g.id, g.name, d.id, d.name FROM identity_groups g JOIN identity_projects d ON d.id = g.domain_id
            WHERE g.id IN \(list: ids("group"))
            """)
        try collect(
            "target",
            """
            SELECT p.id, p.name, d.id, d.name FROM identity_projects p
            LEFT JOIN identity_projects d ON d.id = p.domain_id
            WHERE p.id IN \(list: targets("project").union(targets("domain")))
            """)
        try collect(
            "role",
            """
            SELECT r.id, r.name, NULL, NULL FROM identity_roles r
            WHERE r.id IN \(list: Set(items.map(\.grant.role)))
            """)
        for index in items.indices {
            let grant = items[index].grant
            items[index].actorName = names["\(grant.actor.kind) \(grant.actor.id)"]
            items[index].targetName = names["target \(grant.target.id)"]
            items[index].roleName = names["role \(grant.role)"]?.name
        }
    }
}

extension Assignments.Item {
    func write(to json: inout JSONWriter, _ base: String, includesNames: Bool) {
        json.object { json in
            json.member("role") { json in json.reference(id: grant.role.text, name: includesNames ? roleName : nil) }
            json.member(grant.actor.kind) { json in json.named(grant.actor.id, includesNames ? actorName : nil) }
            json.member("scope") { json in
                json.object { json in
                    switch grant.target {
                    case .system: json.member("system") { json in json.object { json in json.member("all", true) } }
                    case .project, .domain:
                        json.member(grant.target.kind) { json in
                            json.named(grant.target.id, includesNames ? targetName : nil)
                        }
                    }
                    if grant.isInherited { json.member("OS-INHERIT:inherited_to", "projects") }
                }
            }
            json.member("links") { json in
                json.object { json in
                    json.member("assignment", base + "/v3/" + path)
                    if let through { json.member("membership", "\(base)/v3/groups/\(through)/users/\(grant.actor.id)") }
                }
            }
        }
    }

    private var path: String {
        let actor = "\(grant.actor.kind)s/\(grant.actor.id)/roles/\(grant.role)"
        switch grant.target {
        case .system: return "system/\(actor)"
        case .project(let id): return inherited("projects/\(id)/\(actor)")
        case .domain(let id): return inherited("domains/\(id)/\(actor)")
        }
    }

    private func inherited(_ path: String) -> String {
        grant.isInherited ? "OS-INHERIT/\(path)/inherited_to_projects" : path
    }
}

extension JSONWriter {
    fileprivate mutating func named(_ id: String, _ named: Assignments.Item.Named?) {
        object { json in
            json.member("id", id)
            guard let named else { return }
            json.member("name", named.name)
            if let domain = named.domain {
                json.member("domain") { json in json.reference(id: domain.text, name: named.domainName) }
            }
        }
    }
}

extension SQL {
    fileprivate var isEmpty: Bool { values.isEmpty && render(.sqlite).isEmpty }
}
