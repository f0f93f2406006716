import Access
import Model
import Store

/// Reads the facts of a token: one set of queries on one snapshot.
enum TokenQueries {
    /// Nil if the token was revoked; if its user, project, domain or credential is deleted or disabled; or if its user
    /// has no role left in its scope.
    static func facts(of payload: TokenPayload, at now: Timestamp, in transaction: any Transaction) throws
        -> TokenFacts?
    {
        guard
            var facts = try user(of: payload, in: transaction), try addScope(to: &facts, in: transaction),
            try addCredential(to: &facts, at: now, in: transaction),
            try !isRevoked(facts, in: transaction)
        else { return nil }
        return facts
    }

    private static func user(of payload: TokenPayload, in transaction: any Transaction) throws -> TokenFacts? {
        try transaction.first(
            """
            SELECT u.name, d.id, d.name, u.password_expires_at FROM identity_users u
            JOIN identity_projects d ON d.id = u.domain_id
            WHERE u.id = \(payload.user) AND u.enabled = 1 AND d.enabled = 1
            """
        ) { row in
            TokenFacts(
                payload: payload, userName: try row[0], userDomain: NamedDomain(id: try row[1], name: try row[2]),
                passwordExpires: try row[3], scope: .unscoped, roles: [])
        }
    }

    /// False if the scope is not open to the user.
    private static func addScope(to facts: inout TokenFacts, in transaction: any Transaction) throws -> Bool {
        let actor = RoleQueries.held(by: facts.payload.user)
        switch facts.payload.scope {
        case .unscoped: return true
        case .project(let id):
            let found: (String, NamedDomain, String)? = try transaction.first(
                """
                SELECT p.name, d.id, d.name, p.path FROM identity_projects p
                JOIN identity_projects d ON d.id = p.domain_id
                WHERE p.id = \(id) AND p.is_domain = 0 AND p.enabled = 1 AND d.enabled = 1
                """
            ) { row in (try row[0], NamedDomain(id: try row[1], name: try row[2]), try row[3]) }
            guard let (name, domain, path) = found else { return false }
            facts.scope = .project(id: id, name: name, domain: domain)
            facts.roles = try RoleQueries.roles(actor, RoleQueries.onProject(id, path: path), in: transaction)
        case .domain(let id):
            let name: String? = try transaction.first(
                "SELECT name FROM identity_projects WHERE id = \(id) AND is_domain = 1 AND enabled = 1"
            ) { row in try row[0] }
            guard let name else { return false }
            facts.scope = .domain(NamedDomain(id: id, name: name))
            facts.roles = try RoleQueries.roles(actor, RoleQueries.onDomain(id), in: transaction)
        case .system:
            facts.scope = .system
            facts.roles = try RoleQueries.roles(actor, RoleQueries.onSystem, in: transaction)
        }
        return !facts.roles.isEmpty
    }

    /// Reduces the roles to the credential's. False if the credential is deleted or expired, or its user lost one of
    /// its roles.
    private static func addCredential(
        to facts: inout TokenFacts, at now: Timestamp, in transaction: any Transaction
    ) throws -> Bool {
        guard let id = facts.payload.applicationCredential else { return true }
        let found: (String, Bool, Timestamp?, ProjectID)? = try transaction.first(
            """
            SELECT name, unrestricted, expires_at, project_id FROM identity_application_credentials
            WHERE id = \(id) AND user_id = \(facts.payload.user)
            """
        ) { row in (try row[0], try row[1], try row[2], try row[3]) }
        guard let (name, isUnrestricted, expires, project) = found, facts.payload.scope == .project(project),
            expires.map({ now < $0 }) ?? true
        else { return false }
        let own: [RoleID] = try transaction.all(
            "SELECT role_id FROM identity_credential_roles WHERE credential_id = \(id)"
        ) { row in try row[0] }
        let held = Set(facts.roles.map(\.id))
        guard !own.isEmpty, own.allSatisfy(held.contains) else { return false }
        facts.roles = try RoleQueries.expanded(own, in: transaction)
        facts.credential = CredentialFacts(
            id: id, name: name, isUnrestricted: isUnrestricted,
            rules: try AccessRule.all(of: [id], in: transaction)[id] ?? [])
        return true
    }

    private static func isRevoked(_ facts: TokenFacts, in transaction: any Transaction) throws -> Bool {
        let payload = facts.payload
        var conditions: SQL = "(kind = 'user' AND key = \(payload.user))"
        if let own = payload.auditIDs.first { conditions += " OR (kind = 'audit' AND key = \(own.description))" }
        let chain = payload.auditIDs.map(\.description)
        if !chain.isEmpty { conditions += " OR (kind = 'chain' AND key IN \(list: chain))" }
        conditions += " OR (kind = 'domain' AND key = \(facts.userDomain.id))"
        switch facts.scope {
        case .project(let id, _, let domain):
            conditions += " OR (kind = 'project' AND key = \(id)) OR (kind = 'domain' AND key = \(domain.id))"
        case .domain(let domain): conditions += " OR (kind = 'domain' AND key = \(domain.id))"
        case .system, .unscoped: break
        }
        if let credential = payload.applicationCredential {
            conditions += " OR (kind = 'credential' AND key = \(credential))"
        }
        return try transaction.exists(
            "SELECT 1 FROM identity_revocations WHERE (\(conditions)) AND issued_before >= \(payload.issued) LIMIT 1")
    }
}
