public import Link
public import Model
public import Store

/// The table `agent_certificates`: issued certificates, and which of them are no longer valid.
public enum CertificateBook {
    public struct Entry: Sendable, Equatable {
        public let id: AgentCertificateID
        public let host: HostName
        public let notBefore: Timestamp
        public let notAfter: Timestamp
        let revokedAt: Timestamp?
    }

    /// Certificates of `host`, the newest first.
    public static func entries(of host: HostName, in transaction: any Transaction) throws -> [Entry] {
        try transaction.all(
            """
            SELECT id, host, not_before, not_after, revoked_at FROM agent_certificates
            WHERE host = \(host) ORDER BY issued_at DESC, id
            """
        ) { row in
            Entry(
                id: try row[0], host: try row[1], notBefore: try row[2], notAfter: try row[3], revokedAt: try row[4])
        }
    }

    /// Revokes every certificate of `host`, and every enrolment token that was created for it before. Its stream ends
    /// within a heartbeat. Returns the numbers of certificates and tokens.
    @discardableResult
    public static func revokeAll(
        of host: HostName, at now: Timestamp, in transaction: any Transaction
    ) throws -> (certificates: Int, tokens: Int) {
        let revoked = try transaction.execute(
            "UPDATE agent_certificates SET revoked_at = \(now) WHERE host = \(host) AND revoked_at IS NULL")
        let tokens = try transaction.execute("DELETE FROM enrolment_tokens WHERE host = \(host)")
        if revoked > 0 { try HostDirectory.advance(host, at: now, in: transaction) }
        return (revoked, tokens)
    }

    /// - Parameter token: the digest of the token for which it was issued; nil for a renewal
    static func add(
        _ entry: Entry, for token: String? = nil, at now: Timestamp, in transaction: any Transaction
    ) throws {
        try transaction.execute(
            """
            INSERT INTO agent_certificates (id, host, not_before, not_after, issued_at, token)
            VALUES (\(entry.id), \(entry.host), \(entry.notBefore), \(entry.notAfter), \(now), \(token))
            """)
    }

    /// The validity of a certificate.
    struct Standing: Sendable, Equatable {
        let isAdmitted: Bool
        /// The used token for which it was issued; the token ends with the certificate's first use.
        let token: String?
    }

    static func standing(
        of identity: AgentIdentity, at now: Timestamp, in transaction: any Transaction
    ) throws -> Standing {
        let found: Standing? = try transaction.first(
            """
            SELECT t.digest FROM agent_certificates c LEFT JOIN enrolment_tokens t ON t.digest = c.token
            WHERE c.id = \(identity.certificate) AND c.host = \(identity.host)
                AND c.revoked_at IS NULL AND c.not_after > \(now)
            """
        ) { row in Standing(isAdmitted: true, token: try row[0]) }
        return found ?? Standing(isAdmitted: false, token: nil)
    }

    /// Ends a token, because a certificate that was issued for it was used.
    static func end(token: String, in transaction: any Transaction) throws {
        try transaction.execute("DELETE FROM enrolment_tokens WHERE digest = \(token)")
    }

    /// Which of `ids` are no longer valid.
    static func refused(
        among ids: [AgentCertificateID], at now: Timestamp, in transaction: any Transaction
    ) throws -> Set<AgentCertificateID> {
        let admitted: [AgentCertificateID] = try transaction.all(
            """
            SELECT id FROM agent_certificates WHERE id IN \(list: ids) AND revoked_at IS NULL AND not_after > \(now)
            """
        ) { try $0[0] }
        return Set(ids).subtracting(admitted)
    }
}
