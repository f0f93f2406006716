import API
import Access
public import Model
import Store

/// Operators' work on accounts outside the API, for when nobody can sign in to use it.
extension IdentityService {
    /// An account that is locked or delayed for one source because of wrong passwords or secrets.
    public struct Lock: Sendable, Equatable {
        public let user: UserID
        public let userName: String
        public let domainName: String
        /// Nil if the user's password was wrong.
        public let credential: ApplicationCredentialID?
        /// Nil for all sources that the account does not know.
        public let source: String?
        public let failures: Int
        public let until: Timestamp
        /// Whether the account is delayed rather than locked.
        public let isDelayed: Bool
    }

    /// The result of setting an account's password.
    public struct PasswordReset: Sendable, Equatable {
        public let user: UserID
        /// Whether it had been disabled.
        public let wasDisabled: Bool
        /// Whether signing in still requires other methods beside the password.
        public let needsMoreThanPassword: Bool
    }

    /// Whether there is any user.
    public func hasUsers() async throws -> Bool {
        try await context.read { transaction in try transaction.exists("SELECT 1 FROM identity_users LIMIT 1") }
    }

    /// All locks that are in force.
    public func locks() async throws -> [Lock] {
        guard let lockout = context.options.lockout else { return [] }
        let now = context.time.now()
        return try await context.read { transaction in
            let found = try transaction.all(
                """
                SELECT u.id, u.name, d.name, c.id, s.source, s.failed_count, s.failed_at, s.failed_since
                FROM identity_sign_ins s LEFT JOIN identity_application_credentials c ON c.id = s.account
                JOIN identity_users u ON u.id = COALESCE(c.user_id, s.account)
                JOIN identity_projects d ON d.id = u.domain_id
                WHERE (s.source <> '' AND s.failed_count >= \(lockout.attempts)
                        AND s.failed_at > \(now - lockout.duration))
                    OR (s.source = '' AND s.failed_count >= \(lockout.attemptsOfAll)
                        AND s.failed_since > \(now - lockout.duration))
                ORDER BY d.name, u.name, s.account, s.source LIMIT 10000
                """
            ) { row in
                let source: String = try row[4]
                let last: Timestamp = try row[source.isEmpty ? 7 : 6]
                return Lock(
                    user: try row[0], userName: try row[1], domainName: try row[2], credential: try row[3],
                    source: source.isEmpty ? nil : source, failures: try row[5], until: last + lockout.duration,
                    isDelayed: false)
            }
            var isOfDeployment: [UserID: Bool] = [:]
            for user in Set(found.map(\.user)) {
                isOfDeployment[user] = try SignInAccount(user).isOfDeployment(in: transaction)
            }
            return found.map { lock in
                Lock(
                    user: lock.user, userName: lock.userName, domainName: lock.domainName,
                    credential: lock.credential, source: lock.source, failures: lock.failures, until: lock.until,
                    isDelayed: isOfDeployment[lock.user] ?? false)
            }
        }
    }

    /// Resets the counts of a user's wrong passwords and secrets. Returns for how many sources there were any.
    ///
    /// Throws 404 if there is no such user.
    public func unlock(_ name: String, domain: String) async throws -> Int {
        try await context.write { transaction in
            let user = try Self.find(name, domain: domain, in: transaction)
            return try SignInRecord.forgive(user.id, in: transaction)
        }
    }

    /// Sets a user's password, enables the user, lifts its locks and revokes its tokens.
    ///
    /// Throws 404 if there is no such user, 400 for a password that the rules refuse.
    public func resetPassword(of name: String, domain: String, to password: Secret) async throws -> PasswordReset {
        let user = try await context.read { transaction in
            try Self.find(name, domain: domain, in: transaction)
        }
        let fresh = try await NewPassword(
            password, context, options: UserOptions(JSONValue(column: user.options)), source: .own,
            byAdministrator: false)
        let now = context.time.now()
        return try await context.write { transaction in
            let user = try Self.find(name, domain: domain, in: transaction)
            try fresh.store(for: user.id, in: transaction)
            try transaction.execute("UPDATE identity_users SET enabled = 1 WHERE id = \(user.id)")
            try Revocation.user(user.id).record(at: now, context.options, in: transaction)
            try transaction.noteIdentity("user \(user.id)")
            let rules = UserOptions(JSONValue(column: user.options)).requiredMethods
            return PasswordReset(
                user: user.id, wasDisabled: !user.isEnabled,
                needsMoreThanPassword: !rules.isEmpty && !rules.contains { $0.isSubset(of: ["password"]) })
        }
    }

    private static func find(_ name: String, domain: String, in transaction: any Transaction) throws -> User {
        let found = try transaction.first(
            """
            SELECT \(User.columns) FROM identity_users u JOIN identity_projects d ON d.id = u.domain_id
            WHERE u.name = \(name) AND (d.name = \(domain) OR d.id = \(domain)) ORDER BY u.id LIMIT 1
            """
        ) { try User($0) }
        guard let found else {
            throw Fault.notFound("There is no user '\(name.prefix(80))' in the domain '\(domain.prefix(80))'.")
        }
        return found
    }
}
