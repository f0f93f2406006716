import Store

/// Which server a connection reached, and which of its lives: between two of them it was restarted, or crashed.
///
/// A transaction's number says how the transaction ended only where the number was not given away twice: a promoted
/// server may have done so, and a server that crashed before the number reached its log does so.
struct Lineage: Sendable {
    /// The cluster and its timeline; a promotion begins another one.
    let server: String
    private let startedAt: String
    /// The server's own processes; all are new after a crash.
    private let helpers: Set<Substring>

    /// Nil where the server does not tell: it is in recovery, or the operator took the right away.
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

    /// The server ran on, without restart or crash, between the two.
    func isSameLife(as other: Lineage) -> Bool {
        server == other.server && startedAt == other.startedAt && !helpers.isDisjoint(with: other.helpers)
    }
}

/// How a transaction ended whose commit was never answered.
enum Outcome {
    case committed
    case aborted
    case open
    case unknown

    /// Asks the server that `connection` reached, where the transaction ran in the life `lineage`.
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

    /// Nil when it is so long ago that the server forgot it.
    private static func status(of transaction: Int64, asking connection: Connection) throws(StoreError) -> String? {
        let result = try connection.execute("SELECT pg_xact_status(CAST(\("\(transaction)") AS xid8))")
        guard result.rows == 1, !result.columns(0).isNull(0) else { return nil }
        return try result.columns(0).text(0)
    }
}
