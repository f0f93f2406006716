import Access
import Model
import Store

/// The outcomes of an account's sign-ins from one source: a row of `identity_sign_ins`.
///
/// A row with the empty source counts the failures of all sources from which the account never signed in.
struct SignInRecord: Sendable, Equatable {
    /// Wrong secrets since `failedSince`, the last one at `failedAt`.
    var failures = 0
    var failedAt: Timestamp?
    var failedSince: Timestamp?
    /// The last successful sign-in that was recorded; at most one is recorded per day.
    var succeededAt: Timestamp?

    /// How long the account knows a source from which it signed in.
    private static let knownFor: Duration = .seconds(30 * 86_400)
    private static let notedEvery: Duration = .seconds(86_400)
    private static let total = ""

    /// Failures that still count.
    func failures(at now: Timestamp, _ lockout: IdentityOptions.Lockout) -> Int {
        guard let failedAt, now < failedAt + lockout.duration else { return 0 }
        return failures
    }

    func isKnown(at now: Timestamp) -> Bool { succeededAt.map { now < $0 + Self.knownFor } ?? false }

    /// The failures of all unknown sources together. Their period begins with the first failure, so that one source
    /// that never stops does not extend it.
    private func totalFailures(at now: Timestamp, _ lockout: IdentityOptions.Lockout) -> Int {
        guard let failedSince, now < failedSince + lockout.duration else { return 0 }
        return failures
    }

    /// The two rows that are relevant to a sign-in from `source`.
    struct Pair: Sendable, Equatable {
        var own = SignInRecord()
        var total = SignInRecord()

        func ownFailures(at now: Timestamp, _ lockout: IdentityOptions.Lockout) -> Int {
            own.failures(at: now, lockout)
        }

        /// Whether the account has too many failures from sources that it does not know, and this is one of them.
        func isOverrun(at now: Timestamp, _ lockout: IdentityOptions.Lockout) -> Bool {
            !own.isKnown(at: now) && total.totalFailures(at: now, lockout) >= lockout.attemptsOfAll
        }
    }

    private init(
        failures: Int = 0, failedAt: Timestamp? = nil, failedSince: Timestamp? = nil, succeededAt: Timestamp? = nil
    ) {
        self.failures = failures
        self.failedAt = failedAt
        self.failedSince = failedSince
        self.succeededAt = succeededAt
    }

    static func find(
        _ account: SignInAccount, _ source: WorkSource, in transaction: any Transaction
    ) throws -> Pair {
        var pair = Pair()
        try transaction.forEach(
            """
            SELECT source, failed_count, failed_at, failed_since, succeeded_at FROM identity_sign_ins
            WHERE account = \(account.key) AND source IN (\(source.description), \(total))
            """
        ) { row in
            let found = SignInRecord(
                failures: try row[1], failedAt: try row[2], failedSince: try row[3], succeededAt: try row[4])
            let name: String = try row[0]
            if name == total { pair.total = found } else { pair.own = found }
        }
        return pair
    }

    /// Counts a wrong secret; returns the number of failures from this source that count now.
    static func noteFailure(
        of account: SignInAccount, from source: WorkSource, at now: Timestamp, _ lockout: IdentityOptions.Lockout,
        in transaction: any Transaction
    ) throws -> Int {
        let pair = try find(account, source, in: transaction)
        let before = pair.own.failures(at: now, lockout)
        try count(
            account, source.description, before + 1, since: before == 0 ? now : pair.own.failedSince, now, transaction)
        if !pair.own.isKnown(at: now), before < lockout.attempts {
            let all = pair.total.totalFailures(at: now, lockout)
            try count(account, total, all + 1, since: all == 0 ? now : pair.total.failedSince, now, transaction)
        }
        try prune(account, now, lockout, in: transaction)
        return before + 1
    }

    private static func count(
        _ account: SignInAccount, _ source: String, _ failures: Int, since: Timestamp?, _ now: Timestamp,
        _ transaction: any Transaction
    ) throws {
        try transaction.execute(
            """
            INSERT INTO identity_sign_ins (account, source, failed_count, failed_at, failed_since, succeeded_at)
            VALUES (\(account.key), \(source), \(failures), \(now), \(since), NULL)
            ON CONFLICT (account, source) DO UPDATE SET failed_count = excluded.failed_count,
                failed_at = excluded.failed_at, failed_since = excluded.failed_since
            """)
    }

    /// Whether a successful sign-in changes the row enough to write it.
    func needsNote(at now: Timestamp) -> Bool {
        failures > 0 || succeededAt.map { now >= $0 + Self.notedEvery } ?? true
    }

    static func noteSuccess(
        of account: SignInAccount, from source: WorkSource, at now: Timestamp, _ lockout: IdentityOptions.Lockout,
        in transaction: any Transaction
    ) throws {
        try transaction.execute(
            """
            INSERT INTO identity_sign_ins (account, source, failed_count, failed_at, failed_since, succeeded_at)
            VALUES (\(account.key), \(source.description), 0, NULL, NULL, \(now))
            ON CONFLICT (account, source) DO UPDATE SET failed_count = 0, failed_at = NULL, failed_since = NULL,
                succeeded_at = excluded.succeeded_at
            """)
        try prune(account, now, lockout, in: transaction)
    }

    /// Deletes rows that have no effect any more.
    private static func prune(
        _ account: SignInAccount, _ now: Timestamp, _ lockout: IdentityOptions.Lockout, in transaction: any Transaction
    ) throws {
        try transaction.execute(
            """
            DELETE FROM identity_sign_ins WHERE account = \(account.key)
                AND (failed_at IS NULL OR failed_at < \(now - lockout.duration))
                AND (succeeded_at IS NULL OR succeeded_at < \(now - knownFor))
            """)
    }

    /// Deletes the failures of a user and of its application credentials; returns for how many sources there were any.
    @discardableResult
    static func forgive(_ user: UserID, in transaction: any Transaction) throws -> Int {
        try transaction.execute(
            """
            UPDATE identity_sign_ins SET failed_count = 0, failed_at = NULL, failed_since = NULL
            WHERE failed_count > 0 AND (account = \(user) OR account IN
                (SELECT id FROM identity_application_credentials WHERE user_id = \(user)))
            """)
    }

    static func forget(_ user: UserID, in transaction: any Transaction) throws {
        try transaction.execute("DELETE FROM identity_sign_ins WHERE account = \(user)")
    }
}
