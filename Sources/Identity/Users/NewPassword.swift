import API
import Access
import Model
import Store

/// A password that meets the rules, hashed, before it is stored.
struct NewPassword: Sendable {
    private let password: Secret
    private let source: WorkSource
    private let hash: String
    private let created: Timestamp
    private let expires: Timestamp?
    private let kept: Int

    /// Nil if the body has none. Throws 400 for one that the rules refuse.
    init?(
        _ fields: Fields, _ context: IdentityContext, options: UserOptions, source: WorkSource,
        byAdministrator: Bool = true
    ) async throws {
        guard let text = fields.text("password") else { return nil }
        try await self.init(
            Secret(text), context, options: options, source: source, byAdministrator: byAdministrator)
    }

    init(
        _ password: Secret, _ context: IdentityContext, options: UserOptions, source: WorkSource, byAdministrator: Bool
    ) async throws {
        let rules = context.options.passwords
        try rules.check(password)
        self.password = password
        self.source = source
        hash = try await context.hasher.hash(password, for: source)
        created = context.time.now()
        expires = rules.expiry(setAt: created, byAdministrator: byAdministrator, options: options)
        kept = rules.history
    }

    /// Throws 400 if it is one of the user's latest passwords.
    func refuseReuse(by user: UserID, _ context: IdentityContext) async throws {
        guard kept > 0 else { return }
        let kept = kept
        let hashes: [String] = try await context.read { transaction in
            try transaction.all(
                """
                SELECT hash FROM identity_password_history WHERE user_id = \(user) ORDER BY created_at DESC LIMIT \(kept)
                """
            ) { row in try row[0] }
        }
        for hash in hashes where try await context.hasher.verify(password, against: hash, for: source) {
            throw Fault.badRequest(
                "The new password must differ from the last \(kept) of this user.", field: "user.password")
        }
    }

    func store(for user: UserID, in transaction: any Transaction) throws {
        try transaction.execute(
            """
            UPDATE identity_users SET password_hash = \(hash), password_created_at = \(created),
                password_expires_at = \(expires) WHERE id = \(user)
            """)
        try SignInRecord.forgive(user, in: transaction)
        guard kept > 0 else { return }
        try transaction.execute(
            """
            INSERT INTO identity_password_history (user_id, created_at, hash) VALUES (\(user), \(created), \(hash))
            ON CONFLICT (user_id, created_at) DO UPDATE SET hash = excluded.hash
            """)
        try transaction.execute(
            """
            DELETE FROM identity_password_history WHERE user_id = \(user) AND created_at NOT IN
                (SELECT h.created_at FROM identity_password_history h WHERE h.user_id = \(user)
                 ORDER BY h.created_at DESC LIMIT \(kept))
            """)
    }
}
