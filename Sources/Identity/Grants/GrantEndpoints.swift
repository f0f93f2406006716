import API
import HTTPTypes
import Model
import Store

/// Grants and revocations of roles: for users and groups, on projects, domains and the system, inherited or not.
struct GrantEndpoints: Sendable {
    let context: IdentityContext
    private let project = PathParameter<ProjectID>("project_id", "The project.", malformed: .notFound)
    private let domain = PathParameter<DomainID>("domain_id", "The domain.", malformed: .notFound)
    private let user = PathParameter<UserID>("user_id", "The user.", malformed: .notFound)
    private let group = PathParameter<GroupID>("group_id", "The group.", malformed: .notFound)
    private let role = PathParameter<RoleID>("role_id", "The role.", malformed: .notFound)

    init(context: IdentityContext) {
        self.context = context
    }

    /// One kind of actor on one kind of target: its paths and rules.
    private struct Shape: Sendable {
        let list: PathTemplate
        let one: PathTemplate
        let words: String
        let isInherited: Bool
        let listRule: String
        let checkRule: String
        let createRule: String
        let revokeRule: String
        let actor: @Sendable (Call) throws -> Grant.Actor
        let target: @Sendable (Call) throws -> Grant.Target
    }

    var all: [Endpoint] { shapes.flatMap(endpoints) }

    private var shapes: [Shape] {
        let onUser: @Sendable (Call) throws -> Grant.Actor = { [user] call in .user(try call[user]) }
        let onGroup: @Sendable (Call) throws -> Grant.Actor = { [group] call in .group(try call[group]) }
        let onProject: @Sendable (Call) throws -> Grant.Target = { [project] call in .project(try call[project]) }
        let onDomain: @Sendable (Call) throws -> Grant.Target = { [domain] call in .domain(try call[domain]) }
        func shape(
            _ list: PathTemplate, _ one: PathTemplate, _ words: String, inherited: Bool = false,
            _ actor: @escaping @Sendable (Call) throws -> Grant.Actor,
            _ target: @escaping @Sendable (Call) throws -> Grant.Target
        ) -> Shape {
            Shape(
                list: list, one: one, words: words, isInherited: inherited, listRule: "identity:list_grants",
                checkRule: "identity:check_grant", createRule: "identity:create_grant",
                revokeRule: "identity:revoke_grant", actor: actor, target: target)
        }
        func system(
            _ list: PathTemplate, _ one: PathTemplate, _ kind: String,
            _ actor: @escaping @Sendable (Call) throws -> Grant.Actor
        ) -> Shape {
            Shape(
                list: list, one: one, words: "a \(kind) on the system", isInherited: false,
                listRule: "identity:list_system_grants_for_\(kind)",
                checkRule: "identity:check_system_grant_for_\(kind)",
                createRule: "identity:create_system_grant_for_\(kind)",
                revokeRule: "identity:revoke_system_grant_for_\(kind)", actor: actor, target: { _ in .system })
        }
        return [
            shape(
                "/v3/projects/\(project)/users/\(user)/roles", "/v3/projects/\(project)/users/\(user)/roles/\(role)",
                "a user on a project", onUser, onProject),
            shape(
                "/v3/projects/\(project)/groups/\(group)/roles",
                "/v3/projects/\(project)/groups/\(group)/roles/\(role)", "a group on a project", onGroup, onProject),
            shape(
                "/v3/domains/\(domain)/users/\(user)/roles", "/v3/domains/\(domain)/users/\(user)/roles/\(role)",
                "a user on a domain", onUser, onDomain),
            shape(
                "/v3/domains/\(domain)/groups/\(group)/roles", "/v3/domains/\(domain)/groups/\(group)/roles/\(role)",
                "a group on a domain", onGroup, onDomain),
            shape(
                "/v3/OS-INHERIT/projects/\(project)/users/\(user)/roles/inherited_to_projects",
                "/v3/OS-INHERIT/projects/\(project)/users/\(user)/roles/\(role)/inherited_to_projects",
                "a user on the projects below one", inherited: true, onUser, onProject),
            shape(
                "/v3/OS-INHERIT/projects/\(project)/groups/\(group)/roles/inherited_to_projects",
                "/v3/OS-INHERIT/projects/\(project)/groups/\(group)/roles/\(role)/inherited_to_projects",
                "a group on the projects below one", inherited: true, onGroup, onProject),
            shape(
                "/v3/OS-INHERIT/domains/\(domain)/users/\(user)/roles/inherited_to_projects",
                "/v3/OS-INHERIT/domains/\(domain)/users/\(user)/roles/\(role)/inherited_to_projects",
                "a user on the projects of a domain", inherited: true, onUser, onDomain),
            shape(
                "/v3/OS-INHERIT/domains/\(domain)/groups/\(group)/roles/inherited_to_projects",
                "/v3/OS-INHERIT/domains/\(domain)/groups/\(group)/roles/\(role)/inherited_to_projects",
                "a group on the projects of a domain", inherited: true, onGroup, onDomain),
            system("/v3/system/users/\(user)/roles", "/v3/system/users/\(user)/roles/\(role)", "user", onUser),
            system("/v3/system/groups/\(group)/roles", "/v3/system/groups/\(group)/roles/\(role)", "group", onGroup),
        ]
    }

    private func endpoints(_ shape: Shape) -> [Endpoint] {
        [
            Endpoint(
                .get, shape.list, "List the roles of \(shape.words)", query: .filters("name"),
                access: .ruleInHandler(shape.listRule), answers: .many("roles"), faults: [.notFound]
            ) { call in try await list(call, shape) },
            Endpoint(
                .put, shape.one, "Give a role to \(shape.words)", access: .ruleInHandler(shape.createRule),
                answers: .empty(), faults: [.notFound]
            ) { call in
                let grant = try await grant(call, shape, shape.createRule)
                try await context.write { transaction in try grant.insert(in: transaction) }
                return .empty()
            },
            Endpoint(
                .get, shape.one, "Check a role of \(shape.words)", access: .ruleInHandler(shape.checkRule),
                answers: .empty(), faults: [.notFound]
            ) { call in
                let grant = try await grant(call, shape, shape.checkRule)
                guard try await context.read({ try grant.exists(in: $0) }) else { throw Self.missing(grant) }
                return .empty()
            },
            Endpoint(
                .delete, shape.one, "Take a role from \(shape.words)", access: .ruleInHandler(shape.revokeRule),
                answers: .empty(), faults: [.notFound]
            ) { call in
                let grant = try await grant(call, shape, shape.revokeRule)
                try await context.write { transaction in
                    guard try grant.delete(in: transaction) else { throw Self.missing(grant) }
                    let candidates: CredentialUpkeep.Candidates =
                        switch grant.actor {
                        case .user(let id): .user(id)
                        case .group(let id): .members(id)
                        }
                    try CredentialUpkeep.removeUnfounded(
                        try CredentialUpkeep.find(candidates, in: transaction), in: transaction)
                }
                return .empty()
            },
        ]
    }

    private static func missing(_ grant: Grant) -> Fault {
        .notFound(
            "Could not find role assignment with role: \(grant.role), \(grant.actor.kind): \(grant.actor.id), "
                + "\(grant.target.kind): \(grant.target.id).")
    }

    /// Looks up what the path names, then checks the policy, and only then reports what is missing.
    private func check(_ call: Call, _ shape: Shape, _ rule: String, role: RoleID?) async throws -> Grant.Actor {
        let (actor, target) = (try shape.actor(call), try shape.target(call))
        let (attributes, missing) = try await context.read { transaction -> ([String: String], Fault?) in
            var attributes: [String: String] = [:]
            var missing: Fault?
            switch actor {
            case .user(let id):
                if let user = try User.find(id, in: transaction) {
                    attributes.merge(user.target) { _, new in new }
                } else {
                    missing = .missing("user", id)
                }
            case .group(let id):
                if let group = try Group.find(id, in: transaction) {
                    attributes.merge(group.target) { _, new in new }
                } else {
                    missing = .missing("group", id)
                }
            }
            switch target {
            case .project(let id):
                if let project = try Project.find(id, in: transaction) {
                    attributes.merge(project.target) { _, new in new }
                } else {
                    missing = .missing("project", id)
                }
            case .domain(let id):
                if let domain = try Project.find(ProjectID(id.text), in: transaction), domain.isDomain {
                    attributes["target.domain.id"] = id.text
                } else {
                    missing = .missing("domain", id)
                }
            case .system: break
            }
            if let role {
                if let found = try Role.find(role, in: transaction) {
                    attributes.merge(found.target) { _, new in new }
                    // A role of a domain is good inside that domain only.
                    if let home = found.domain,
                        attributes["target.project.domain_id"] ?? home.text != home.text
                            || attributes["target.domain.id"] ?? home.text != home.text || target == .system
                    {
                        missing =
                            missing
                            ?? .forbidden("The role \(role) belongs to the domain \(home) and is good there only.")
                    }
                } else {
                    missing = .missing("role", role)
                }
            }
            return (attributes, missing)
        }
        var visible = attributes
        // What rules call the user is the caller's own here, not the one in the path.
        visible["user_id"] = nil
        try call.authorize(rule, target: PolicyTarget(visible))
        if let missing { throw missing }
        return actor
    }

    private func grant(_ call: Call, _ shape: Shape, _ rule: String) async throws -> Grant {
        let role = try call[role]
        let actor = try await check(call, shape, rule, role: role)
        return Grant(actor: actor, target: try shape.target(call), role: role, isInherited: shape.isInherited)
    }

    private func list(_ call: Call, _ shape: Shape) async throws -> Reply {
        let actor = try await check(call, shape, shape.listRule, role: nil)
        let target = try shape.target(call)
        var filter = try ListFilter(call, context.options, texts: ["name": "r.name"])
        filter.also(
            """
            r.id IN (SELECT a.role_id FROM identity_assignments a WHERE a.actor_kind = \(actor.kind)
                AND a.actor_id = \(actor.id) AND a.target_kind = \(target.kind) AND a.target_id = \(target.id)
                AND a.inherited = \(shape.isInherited))
            """)
        let listed = filter
        let page = try await context.read { transaction in try Role.page(listed, in: transaction) }
        return .many(page, base: context.base(call), call: call)
    }
}
