import API
import Access
public import Model
import Store

extension IdentityService {
    /// The ids of the objects that `bootstrap` found or created.
    public struct Bootstrapped: Sendable, Equatable {
        public let admin: UserID
        package let adminProject: ProjectID
        let serviceProject: ProjectID
        /// Whether this call set the administrator's password; false if there was a password already.
        public let setsAdminPassword: Bool
        /// Whether the administrator's password is now the plan's.
        public let adminHasThisPassword: Bool
        public let adminIsEnabled: Bool
    }

    /// Creates what every cloud needs, if it is missing: the default domain, the roles admin, manager, member, reader
    /// and service with their implied roles, the administrator, service users, and the catalog.
    ///
    /// May be called at every start and by several replicas at once. Existing objects do not change, except that the
    /// catalog's URLs follow the plan. No password is logged or shown.
    public func bootstrap(_ plan: BootstrapPlan) async throws -> Bootstrapped {
        let accounts =
            [BootstrapPlan.Account(name: plan.adminName, password: plan.adminPassword)]
            + plan.serviceUsers + plan.members.map(\.account)
        let (hashes, isRight) = try await hashes(for: accounts, plan)
        let now = context.time.now()
        // Ids are made before the transaction, which may run more than once.
        let fresh = BootstrapIDs(plan, context.ids)
        let options = context.options
        return try await oneAtATime { transaction in
            try Bootstrap(
                plan: plan, hashes: hashes, adminHasThisPassword: isRight, now: now, fresh: fresh, options: options
            ).run(in: transaction)
        }
    }

    /// Updates the catalog: a missing service is added, an existing one gets this URL.
    public func updateCatalog(_ entries: [BootstrapPlan.CatalogEntry], region: RegionID = "RegionOne") async throws {
        let fresh = entries.map { _ in CatalogIDs(context.ids) }
        try await oneAtATime { transaction in
            try CatalogSeed(region: region, entries: entries, fresh: fresh).run(in: transaction)
        }
    }

    /// Retries if another replica created the same objects meanwhile; then this call finds them.
    private func oneAtATime<Result: Sendable>(
        _ body: @escaping @Sendable (any Transaction) throws -> Result
    ) async throws -> Result {
        do {
            return try await context.write(body)
        } catch let error as StoreError where error.code == .unique {
            return try await context.write(body)
        }
    }

    /// Password hashes of the users that need one. Hashing is slow on purpose, and a correct password stays, together
    /// with the tokens obtained with it. Also returns whether the administrator's password is, or becomes, the plan's.
    private func hashes(
        for accounts: [BootstrapPlan.Account], _ plan: BootstrapPlan
    ) async throws -> (hashes: [String: String], adminHasThisPassword: Bool) {
        let domain = context.options.defaultDomain
        let names = accounts.map(\.name)
        let present: [String: String] = try await context.read { transaction in
            var present: [String: String] = [:]
            try transaction.forEach(
                """
                SELECT name, password_hash FROM identity_users WHERE domain_id = \(domain) AND name IN \(list: names)
                    AND password_hash IS NOT NULL
                """
            ) { row in present[try row[0]] = try row[1] }
            return present
        }
        var hashes: [String: String] = [:]
        var isRight = false
        for account in accounts where hashes[account.name] == nil {
            if let known = present[account.name] {
                guard account.name == plan.adminName else { continue }
                isRight = try await context.hasher.verify(account.password, against: known)
                guard plan.resetsAdminPassword, !isRight else { continue }
            }
            if account.name == plan.adminName { isRight = true }
            hashes[account.name] = try await context.hasher.hash(account.password)
        }
        return (hashes, isRight)
    }
}

/// The transaction that creates missing objects.
struct Bootstrap: Sendable {
    let plan: BootstrapPlan
    /// Hashes by the names of the users that get a password.
    let hashes: [String: String]
    let adminHasThisPassword: Bool
    let now: Timestamp
    let fresh: BootstrapIDs
    let options: IdentityOptions

    static let roles = ["admin", "manager", "member", "reader", "service"]
    private static let implied = [("admin", "manager"), ("manager", "member"), ("member", "reader")]

    func run(in transaction: any Transaction) throws -> IdentityService.Bootstrapped {
        let domain = options.defaultDomain
        try insertDomain(domain, in: transaction)
        let roles = try insertRoles(in: transaction)
        func role(_ name: String) throws -> RoleID {
            guard let id = roles[name] else { throw Fault.internalError("bootstrap made no role \(name)") }
            return id
        }
        let adminProject = try project(plan.adminProject, in: transaction)
        let serviceProject = try project("service", in: transaction)
        let admin = try user(plan.adminName, project: adminProject, in: transaction)
        try grant(role("admin"), admin, .project(adminProject), in: transaction)
        try grant(role("admin"), admin, .system, in: transaction)
        for account in plan.serviceUsers {
            let id = try user(account.name, project: serviceProject, in: transaction)
            try grant(role("service"), id, .project(serviceProject), in: transaction)
            // Limits of every project are open to readers of the system only.
            try grant(role("reader"), id, .system, in: transaction)
        }
        for member in plan.members {
            let project = try project(member.project, in: transaction)
            let id = try user(member.account.name, project: project, in: transaction)
            try grant(role("member"), id, .project(project), in: transaction)
        }
        try CatalogSeed(region: plan.region, entries: plan.catalog, fresh: fresh.catalog).run(in: transaction)
        return IdentityService.Bootstrapped(
            admin: admin, adminProject: adminProject, serviceProject: serviceProject,
            setsAdminPassword: hashes[plan.adminName] != nil, adminHasThisPassword: adminHasThisPassword,
            adminIsEnabled: try User.find(admin, in: transaction)?.isEnabled ?? false)
    }

    private func insertDomain(_ id: DomainID, in transaction: any Transaction) throws {
        guard try !transaction.exists("SELECT 1 FROM identity_projects WHERE id = \(id)") else { return }
        try transaction.execute(
            """
            INSERT INTO identity_projects
                (id, domain_id, parent_id, path, name, description, enabled, is_domain, tags, options, extra)
            VALUES (\(id), NULL, NULL, \("/\(id)/"), 'Default', 'The default domain', 1, 1, '[]', '{}', '{}')
            """)
        try transaction.noteIdentity("domain \(id)")
    }

    private func insertRoles(in transaction: any Transaction) throws -> [String: RoleID] {
        for name in Self.roles {
            let id = fresh.roles[name] ?? ""
            let inserted = try transaction.execute(
                """
                INSERT INTO identity_roles (id, domain_id, name, description, options, extra)
                VALUES (\(id), '', \(name), NULL, '{"immutable":true}', '{}')
                ON CONFLICT (domain_id, name) DO NOTHING
                """)
            if inserted == 1 { try transaction.noteIdentity("role \(id)") }
        }
        var ids: [String: RoleID] = [:]
        try transaction.forEach(
            "SELECT name, id FROM identity_roles WHERE domain_id = '' AND name IN \(list: Self.roles)"
        ) { row in ids[try row[0]] = try row[1] }
        for (prior, implied) in Self.implied {
            try transaction.execute(
                """
                INSERT INTO identity_implied_roles (prior_id, implied_id) VALUES (\(ids[prior]), \(ids[implied]))
                ON CONFLICT (prior_id, implied_id) DO NOTHING
                """)
        }
        return ids
    }

    private func project(_ name: String, in transaction: any Transaction) throws -> ProjectID {
        let domain = options.defaultDomain
        let found: ProjectID? = try transaction.first(
            """
            SELECT id FROM identity_projects WHERE domain_id = \(domain) AND name = \(name) AND is_domain = 0
            """
        ) { row in try row[0] }
        if let found { return found }
        guard let id = fresh.projects[name] else {
            throw Fault.internalError("bootstrap has no id for project \(name)")
        }
        try transaction.execute(
            """
            INSERT INTO identity_projects
                (id, domain_id, parent_id, path, name, description, enabled, is_domain, tags, options, extra)
            VALUES (\(id), \(domain), \(domain), \("/\(domain)/\(id)/"), \(name), '', 1, 0, '[]', '{}', '{}')
            """)
        try transaction.noteIdentity("project \(id)")
        return id
    }

    private func user(_ name: String, project: ProjectID, in transaction: any Transaction) throws -> UserID {
        let domain = options.defaultDomain
        let found: UserID? = try transaction.first(
            "SELECT id FROM identity_users WHERE domain_id = \(domain) AND name = \(name)"
        ) { row in try row[0] }
        guard let id = found ?? fresh.users[name] else {
            throw Fault.internalError("bootstrap has no id for user \(name)")
        }
        if found == nil {
            try transaction.execute(
                """
                INSERT INTO identity_users
                    (id, domain_id, name, enabled, default_project_id, options, extra, created_at)
                VALUES (\(id), \(domain), \(name), 1, \(project), '{}', '{}', \(now))
                """)
        }
        if let hash = hashes[name] {
            try transaction.execute(
                """
                UPDATE identity_users SET password_hash = \(hash), password_created_at = \(now),
                    password_expires_at = NULL WHERE id = \(id)
                """)
            try SignInRecord.forgive(id, in: transaction)
            if found != nil { try Revocation.user(id).record(at: now, options, in: transaction) }
            try transaction.noteIdentity("user \(id)")
        }
        return id
    }

    private func grant(
        _ role: RoleID, _ user: UserID, _ target: Grant.Target, in transaction: any Transaction
    ) throws {
        let grant = Grant(actor: .user(user), target: target, role: role, isInherited: false)
        if try !grant.exists(in: transaction) { try grant.insert(in: transaction) }
    }
}
