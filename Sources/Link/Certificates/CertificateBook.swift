public import Model
public import Store

/// The table `agent_certificates`: what was issued to whom, and what of it holds no longer.
public enum CertificateBook {
    public struct Entry: Sendable, Equatable {
        public let id: AgentCertificateID
        public let host: HostName
        public let notBefore: Timestamp
        public let notAfter: Timestamp
        public let revokedAt: Timestamp?
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

    /// From now on no certificate of `host` is admitted; its stream ends within a heartbeat. Says how many it were.
    @discardableResult
    public static func revokeAll(of host: HostName, at now: Timestamp, in transaction: any Transaction) throws -> Int {
        let revoked = try transaction.execute(
            "UPDATE agent_certificates SET revoked_at = \(now) WHERE host = \(host) AND revoked_at IS NULL")
        if revoked > 0 { try HostDirectory.advance(host, at: now, in: transaction) }
        return revoked
    }

    static func add(_ entry: Entry, at now: Timestamp, in transaction: any Transaction) throws {
        try transaction.execute(
            """
            INSERT INTO agent_certificates (id, host, not_before, not_after, issued_at)
            VALUES (\(entry.id), \(entry.host), \(entry.notBefore), \(entry.notAfter), \(now))
            """)
    }

    static func isAdmitted(_ identity: AgentIdentity, at now: Timestamp, in transaction: any Transaction) throws -> Bool
    {
        try transaction.exists(
            """
            SELECT 1 FROM agent_certificates WHERE id = \(identity.certificate) AND host = \(identity.host)
                AND revoked_at IS NULL AND not_after > \(now)
            """)
    }

    /// Which of `ids` are not admitted any more.
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
