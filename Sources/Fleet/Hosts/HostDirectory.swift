import Link
public import Model
public import Store

/// The table `hosts`: every host that has or had an agent, or that has work.
public enum HostDirectory {
    /// The kind of change log entries for a changed desired state; the key is the host's name.
    public static let changeKind = "host"
    /// The kind of change log entries for a host that went up or down.
    package static let stateChangeKind = "host-state"

    private static let columns: SQL = """
        name, revision, applied_revision, report_generation, reported_at, state, state_since, proven_at, heard_at,
        agent_version
        """

    public static func find(_ name: HostName, in transaction: any Transaction) throws -> HostRecord? {
        try transaction.first("SELECT \(columns) FROM hosts WHERE name = \(name)", decode)
    }

    /// The known hosts among `names`, in no order.
    public static func find(_ names: [HostName], in transaction: any Transaction) throws -> [HostRecord] {
        guard !names.isEmpty else { return [] }
        return try transaction.all("SELECT \(columns) FROM hosts WHERE name IN \(list: names)", decode)
    }

    /// Every host by name.
    public static func all(in transaction: any Transaction) throws -> [HostRecord] {
        try transaction.all("SELECT \(columns) FROM hosts ORDER BY name", decode)
    }

    private static func decode(_ row: borrowing Row) throws -> HostRecord {
        HostRecord(
            name: try row[0], revision: try row[1], appliedRevision: try row[2], reportGeneration: try row[3],
            reportedAt: try row[4], state: try row.word(5), stateSince: try row[6],
            provenAt: try row[7], heardAt: try row[8], agentVersion: try row[9])
    }

    /// Adds the host if it is unknown.
    static func ensure(_ name: HostName, at now: Timestamp, in transaction: any Transaction) throws {
        try transaction.execute(
            """
            INSERT INTO hosts (name, revision, report_generation, state, state_since, proofs, applied_revision,
                agent_version, created_at)
            VALUES (\(name), 1, 0, 'unknown', \(now), 0, 0, '', \(now)) ON CONFLICT (name) DO NOTHING
            """)
    }

    /// Deletes a host with its work, its certificates and its tokens. Its agent must enrol again; its stream ends
    /// within a heartbeat.
    package static func remove(_ name: HostName, in transaction: any Transaction) throws {
        try transaction.execute("DELETE FROM enrolment_tokens WHERE host = \(name)")
        try transaction.execute("DELETE FROM agent_certificates WHERE host = \(name)")
        try transaction.execute("DELETE FROM work_items WHERE host = \(name)")
        try transaction.execute("DELETE FROM hosts WHERE name = \(name)")
        try transaction.note(change: changeKind, key: name.text)
    }

    /// Records that the desired state changed: the next line has a higher revision, and every replica is notified.
    static func advance(_ name: HostName, at now: Timestamp, in transaction: any Transaction) throws {
        try ensure(name, at: now, in: transaction)
        try advance(name, in: transaction)
    }

    /// The same of a host that is known.
    static func advance(_ name: HostName, in transaction: any Transaction) throws {
        try transaction.execute("UPDATE hosts SET revision = revision + 1 WHERE name = \(name)")
        let revision: Int64? = try transaction.first("SELECT revision FROM hosts WHERE name = \(name)") { try $0[0] }
        try transaction.note(change: changeKind, key: name.text, generation: revision ?? 0)
    }

    /// Raises the revision. After the restore of a backup, an agent may have applied a revision that this database
    /// never issued; lines must have a higher one, or the agent would ignore them as old.
    static func raise(
        _ name: HostName, above applied: Int64, at now: Timestamp, in transaction: any Transaction
    ) throws {
        let floor = min(max(applied, 0), 1 << 53) + 1
        try ensure(name, at: now, in: transaction)
        try transaction.execute("UPDATE hosts SET revision = \(floor) WHERE name = \(name) AND revision < \(floor - 1)")
    }

    /// What the host's agent can do, by its last sign of life, and its version; nil where the host is not known.
    static func ability(
        of name: HostName, in transaction: any Transaction
    ) throws -> (kinds: WorkKinds, agentVersion: String)? {
        let found: (text: String?, version: String)? = try transaction.first(
            "SELECT kinds, agent_version FROM hosts WHERE name = \(name)"
        ) { row in (try row[0], try row[1]) }
        guard let found else { return nil }
        return (try found.text.map { try WorkKinds(json: $0) } ?? .unsaid, found.version)
    }

    static func liveness(of name: HostName, in transaction: any Transaction) throws -> HostLiveness? {
        try transaction.first("SELECT state, proofs, proven_at FROM hosts WHERE name = \(name)") { row in
            HostLiveness(state: try row.word(0), proofs: try row[1], provenAt: try row[2])
        }
    }
}
