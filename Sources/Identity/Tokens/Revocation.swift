import Access
import Model
import Store

/// An event that revokes tokens issued before a moment.
enum Revocation: Sendable {
    /// One token.
    case audit(AuditID)
    /// A token and all tokens obtained with it.
    case chain(AuditID)
    case user(UserID)
    case project(ProjectID)
    case domain(DomainID)
    case credential(ApplicationCredentialID)

    private var columns: (kind: String, key: String) {
        switch self {
        case .audit(let id): ("audit", id.description)
        case .chain(let id): ("chain", id.description)
        case .user(let id): ("user", id.text)
        case .project(let id): ("project", id.text)
        case .domain(let id): ("domain", id.text)
        case .credential(let id): ("credential", id.text)
        }
    }

    /// Writes the revocation, and deletes rows that no valid token can match any more.
    func record(at now: Timestamp, _ options: IdentityOptions, in transaction: any Transaction) throws {
        let (kind, key) = columns
        let expires = now + options.tokenLifetime + options.expiredTokenWindow + .seconds(1800)
        try transaction.execute("DELETE FROM identity_revocations WHERE expires_at < \(now)")
        try transaction.execute(
            """
            INSERT INTO identity_revocations (kind, key, issued_before, expires_at)
            VALUES (\(kind), \(key), \(now), \(expires))
            ON CONFLICT (kind, key) DO UPDATE SET issued_before = excluded.issued_before,
                expires_at = excluded.expires_at
            """)
        try transaction.noteIdentity("\(kind) \(key)")
    }
}
