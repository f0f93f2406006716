import Model
import Store

/// Deletes application credentials whose user has lost the roles they carry. They do not come back with the roles: a
/// user who gets access again creates new ones.
enum CredentialUpkeep {
    /// The credentials `c` to check.
    enum Candidates: Sendable {
        case user(UserID)
        case members(GroupID)
        /// Those of users in any group of the domain.
        case membersInDomain(DomainID)
        /// Those that carry one of these roles.
        case carriers([RoleID])

        fileprivate var condition: SQL {
            switch self {
            case .user(let id): "c.user_id = \(id)"
            case .members(let id):
                "c.user_id IN (SELECT m.user_id FROM identity_memberships m WHERE m.group_id = \(id))"
            case .membersInDomain(let id):
                """
                c.user_id IN (SELECT m.user_id FROM identity_memberships m
                    JOIN identity_groups g ON g.id = m.group_id WHERE g.domain_id = \(id))
                """
            case .carriers(let roles):
                "c.id IN (SELECT k.credential_id FROM identity_credential_roles k WHERE k.role_id IN \(list: roles))"
            }
        }
    }

    /// The matching credentials. They are found before a change that may remove roles, and checked after it.
    static func find(_ candidates: Candidates, in transaction: any Transaction) throws -> [ApplicationCredentialID] {
        try transaction.all(
            "SELECT c.id FROM identity_application_credentials c WHERE \(candidates.condition)"
        ) { row in try row[0] }
    }

    static func removeAll(of user: UserID, in transaction: any Transaction) throws {
        try remove(try find(.user(user), in: transaction), in: transaction)
    }

    /// Deletes those of `credentials` that carry a role which their user no longer has on their project.
    static func removeUnfounded(_ credentials: [ApplicationCredentialID], in transaction: any Transaction) throws {
        guard !credentials.isEmpty else { return }
        struct Ground: Hashable {
            let user: UserID
            let project: ProjectID
            let path: String
        }
        var byGround: [Ground: [ApplicationCredentialID: Set<RoleID>]] = [:]
        try transaction.forEach(
            """
            SELECT c.id, c.user_id, c.project_id, p.path, k.role_id FROM identity_application_credentials c
            JOIN identity_projects p ON p.id = c.project_id
            LEFT JOIN identity_credential_roles k ON k.credential_id = c.id WHERE c.id IN \(list: credentials)
            """
        ) { row in
            let id: ApplicationCredentialID = try row[0]
            let ground = Ground(user: try row[1], project: try row[2], path: try row[3])
            var carried = byGround[ground, default: [:]][id] ?? []
            if let role: RoleID = try row[4] { carried.insert(role) }
            byGround[ground, default: [:]][id] = carried
        }
        var unfounded: [ApplicationCredentialID] = []
        for (ground, carried) in byGround {
            let held = Set(
                try RoleQueries.roles(
                    RoleQueries.held(by: ground.user), RoleQueries.onProject(ground.project, path: ground.path),
                    in: transaction
                ).map(\.id))
            unfounded += carried.filter { $0.value.isEmpty || !$0.value.isSubset(of: held) }.map(\.key)
        }
        try remove(unfounded, in: transaction)
    }

    static func remove(_ credentials: [ApplicationCredentialID], in transaction: any Transaction) throws {
        guard !credentials.isEmpty else { return }
        // Rules go with their user, so the bonds to them go first.
        try transaction.execute(
            "DELETE FROM identity_credential_rules WHERE credential_id IN \(list: credentials)")
        try transaction.execute("DELETE FROM identity_application_credentials WHERE id IN \(list: credentials)")
        for id in credentials { try transaction.noteIdentity("credential \(id)") }
    }
}
