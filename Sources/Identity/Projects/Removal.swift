import Model
import Store

/// Deletes objects together with everything that refers to them.
enum Removal {
    static func project(_ id: ProjectID, in transaction: any Transaction) throws {
        try transaction.execute(
            "DELETE FROM identity_assignments WHERE target_kind = 'project' AND target_id = \(id)")
        try transaction.execute("UPDATE identity_users SET default_project_id = NULL WHERE default_project_id = \(id)")
        try transaction.execute("DELETE FROM identity_projects WHERE id = \(id)")
        try transaction.noteIdentity("project \(id)")
    }

    static func user(_ id: UserID, in transaction: any Transaction) throws {
        try transaction.execute("DELETE FROM identity_assignments WHERE actor_kind = 'user' AND actor_id = \(id)")
        // Their rules go with the user, so the bonds to them must go first.
        try transaction.execute(
            """
            DELETE FROM identity_credential_rules WHERE credential_id IN
                (SELECT id FROM identity_application_credentials WHERE user_id = \(id))
            """)
        try SignInRecord.forget(id, in: transaction)
        try transaction.execute("DELETE FROM identity_users WHERE id = \(id)")
        try transaction.noteIdentity("user \(id)")
    }

    static func group(_ id: GroupID, in transaction: any Transaction) throws {
        try transaction.execute("DELETE FROM identity_assignments WHERE actor_kind = 'group' AND actor_id = \(id)")
        try transaction.execute("DELETE FROM identity_groups WHERE id = \(id)")
        try transaction.noteIdentity("group \(id)")
    }

    /// Deletes a domain with everything in it.
    static func domain(_ id: DomainID, in transaction: any Transaction) throws {
        // Groups of the domain may have had users of others, with roles on projects of others.
        let founded = try CredentialUpkeep.find(.membersInDomain(id), in: transaction)
        let users: SQL = "SELECT id FROM identity_users WHERE domain_id = \(id)"
        let groups: SQL = "SELECT id FROM identity_groups WHERE domain_id = \(id)"
        let projects: SQL = "SELECT id FROM identity_projects WHERE domain_id = \(id)"
        try transaction.execute(
            """
            DELETE FROM identity_assignments WHERE (actor_kind = 'user' AND actor_id IN (\(users)))
                OR (actor_kind = 'group' AND actor_id IN (\(groups)))
                OR (target_kind = 'project' AND target_id IN (\(projects)))
                OR (target_kind = 'domain' AND target_id = \(id))
            """)
        try transaction.execute(
            """
            DELETE FROM identity_credential_rules WHERE credential_id IN
                (SELECT id FROM identity_application_credentials WHERE user_id IN (\(users)))
            """)
        try transaction.execute("DELETE FROM identity_sign_ins WHERE account IN (\(users))")
        try transaction.execute("DELETE FROM identity_users WHERE domain_id = \(id)")
        try transaction.execute("DELETE FROM identity_groups WHERE domain_id = \(id)")
        try transaction.execute("DELETE FROM identity_roles WHERE domain_id = \(id)")
        try transaction.execute(
            "UPDATE identity_users SET default_project_id = NULL WHERE default_project_id IN (\(projects))")
        try transaction.execute("DELETE FROM identity_projects WHERE domain_id = \(id)")
        try transaction.execute("DELETE FROM identity_projects WHERE id = \(id)")
        try CredentialUpkeep.removeUnfounded(founded, in: transaction)
        try transaction.noteIdentity("domain \(id)")
    }
}
