import Model
import Store

/// The roles of a user: direct, through groups, inherited and implied.
enum RoleQueries {
    /// The assignments `a` of a user and of the user's groups.
    static func held(by user: UserID) -> SQL {
        """
        ((a.actor_kind = 'user' AND a.actor_id = \(user)) OR (a.actor_kind = 'group' AND a.actor_id IN
            (SELECT m.group_id FROM identity_memberships m WHERE m.user_id = \(user))))
        """
    }

    /// The assignments `a` that apply to a project; `path` lists its ancestors and itself: `/default/top/own/`.
    static func onProject(_ project: ProjectID, path: String) -> SQL {
        let above = path.split(separator: "/").map(String.init).filter { $0 != project.text }
        return """
            ((a.inherited = 0 AND a.target_kind = 'project' AND a.target_id = \(project))
                OR (a.inherited = 1 AND a.target_kind IN ('project', 'domain') AND a.target_id IN \(list: above)))
            """
    }

    static func onDomain(_ domain: DomainID) -> SQL {
        "(a.inherited = 0 AND a.target_kind = 'domain' AND a.target_id = \(domain))"
    }

    static let onSystem: SQL = "(a.inherited = 0 AND a.target_kind = 'system')"

    /// The roles of the complete cloud from the assignments `a` that meet both conditions, including implied ones.
    static func roles(_ actor: SQL, _ target: SQL, in transaction: any Transaction) throws -> [NamedRole] {
        try transaction.all(
            """
            WITH RECURSIVE held(role_id) AS (
                SELECT a.role_id FROM identity_assignments a WHERE \(actor) AND \(target)
                UNION SELECT i.implied_id FROM identity_implied_roles i JOIN held h ON i.prior_id = h.role_id)
            SELECT r.id, r.name FROM identity_roles r JOIN held h ON h.role_id = r.id
            WHERE r.domain_id = '' ORDER BY r.name
            """
        ) { row in NamedRole(id: try row[0], name: try row[1]) }
    }

    /// The given roles and all roles that they imply.
    static func expanded(_ roles: [RoleID], in transaction: any Transaction) throws -> [NamedRole] {
        try transaction.all(
            """
            WITH RECURSIVE held(role_id) AS (
                SELECT r.id FROM identity_roles r WHERE r.id IN \(list: roles)
                UNION SELECT i.implied_id FROM identity_implied_roles i JOIN held h ON i.prior_id = h.role_id)
            SELECT r.id, r.name FROM identity_roles r JOIN held h ON h.role_id = r.id
            WHERE r.domain_id = '' ORDER BY r.name
            """
        ) { row in NamedRole(id: try row[0], name: try row[1]) }
    }

    /// The projects `p` on which `user` has any role.
    static func projects(of user: UserID) -> SQL {
        """
        (p.is_domain = 0 AND (
            p.id IN (SELECT a.target_id FROM identity_assignments a
                WHERE \(held(by: user)) AND a.target_kind = 'project' AND a.inherited = 0)
            OR p.domain_id IN (SELECT a.target_id FROM identity_assignments a
                WHERE \(held(by: user)) AND a.target_kind = 'domain' AND a.inherited = 1)
            OR EXISTS (SELECT 1 FROM identity_assignments a
                WHERE \(held(by: user)) AND a.target_kind = 'project' AND a.inherited = 1 AND a.target_id <> p.id
                    AND p.path LIKE '%/' || a.target_id || '/%')))
        """
    }

    /// The domains `p` on which `user` has any role.
    static func domains(of user: UserID) -> SQL {
        """
        (p.is_domain = 1 AND p.id IN (SELECT a.target_id FROM identity_assignments a
            WHERE \(held(by: user)) AND a.target_kind = 'domain' AND a.inherited = 0))
        """
    }
}
