import Store

/// The server that a connection reached, and the server's run between two restarts or crashes.
///
/// A transaction's number tells how the transaction ended only if the number was not assigned twice. A promoted server
/// may do so, and so does a server that crashed before the number reached its log.
struct Lineage: Sendable {
    /// The cluster and its timeline; a promotion starts another timeline.
    let server: String
    private let startedAt: String
    /// The server's own processes; all are new after a crash.
    private let helpers: Set<Substring>

    /// Nil if the server does not report it: it is in recovery, or the operator revoked the privilege.
    init?(of connection: Connection) throws(StoreError) {
        do throws(StoreError) {
            let result = try connection.execute(
                plain: """
                    SELECT CAST(system_identifier AS TEXT) || '/' || substr(pg_walfile_name(pg_current_wal_lsn()), 1, 8),
                        CAST(pg_postmaster_start_time() AS TEXT), (SELECT string_agg(CAST(pid AS TEXT), ',')
                            FROM pg_stat_activity WHERE datid IS NULL AND usesysid IS NULL)
                    FROM pg_control_system()
                    """)
            guard result.rows == 1 else { return nil }
            let columns = result.columns(0)
            if columns.isNull(0) || columns.isNull(1) || columns.isNull(2) { return nil }
            server = try columns.text(0)
            startedAt = try columns.text(1)
            helpers = Set(try columns.text(2).split(separator: ","))
        } catch {
            if connection.isBroken { throw error }
            return nil
        }
    }

    /// Whether the server ran between the two without a restart or crash.
    func isSameLife(as other: Lineage) -> Bool {
        server == other.server && startedAt == other.startedAt && !helpers.isDisjoint(with: other.helpers)
    }
}

/// The outcome of a transaction whose commit got no response.
enum Outcome {
    case committed
    case aborted
    case open
    case unknown

    /// Queries the server of `connection`. The transaction ran in the lineage `lineage`.
    init(of transaction: Int64, in lineage: Lineage, asking connection: Connection) throws(StoreError) {
        guard let present = connection.lineage, present.server == lineage.server else {
            self = .unknown
            return
        }
        let isSameLife = present.isSameLife(as: lineage)
        if !isSameLife {
            // The first checkpoint of a life tells the first number of that life.
            let checkpoint = try connection.execute(
                plain: """
                    SELECT CAST(split_part(next_xid, ':', 1) AS BIGINT) * 4294967296
                            + CAST(split_part(next_xid, ':', 2) AS BIGINT),
                        checkpoint_lsn = redo_lsn AND current_setting('wal_level') <> 'minimal'
                    FROM pg_control_checkpoint()
                    """)
            let (next, isFirst) = (try checkpoint.columns(0).number(0), try checkpoint.columns(0).integer(1) == 1)
            guard transaction < next else {
                self = isFirst ? .aborted : .unknown
                return
            }
            let status = try Self.status(of: transaction, asking: connection)
            // A number given away again belongs to a transaction that never reached the log.
            self = status != "committed" ? .aborted : isFirst ? .committed : .unknown
            return
        }
        switch try Self.status(of: transaction, asking: connection) {
        case "committed": self = .committed
        case "aborted": self = .aborted
        case "in progress": self = .open
        default: self = .unknown
        }
    }

    /// Nil if the transaction is so old that the server has forgotten it.
    private static func status(of transaction: Int64, asking connection: Connection) throws(StoreError) -> String? {
        let result = try connection.execute("SELECT pg_xact_status(CAST(\("\(transaction)") AS xid8))")
        guard result.rows == 1, !result.columns(0).isNull(0) else { return nil }
        return try result.columns(0).text(0)
    }
}
