/// The result of one look at the change log, from one snapshot.
struct LogLook: Sendable {
    var lowest: Int64 = 0
    var highest: Int64 = 0
    /// Entries beyond the position.
    var new: [ChangeLog.Entry] = []
    /// Entries in the stretches where numbers were missing.
    var late: [ChangeLog.Entry] = []
    /// Stretches without an entry, if the complete log was surveyed.
    var missing: [ClosedRange<Int64>] = []
    /// Every transaction below this number had ended. Nil if there is only one writer.
    var oldest: Int64?
    /// Every transaction that had drawn a number by then has a lower number. Nil if nothing is missing.
    var horizon: Int64?

    /// Reads what changed since `cursor`, at most `page` entries.
    init(
        from cursor: FeedCursor, stretches: [ClosedRange<Int64>], page: Int, in transaction: any Transaction
    ) throws {
        try findEnds(in: transaction)
        if highest > cursor.position {
            new = try transaction.all(
                """
                SELECT seq, kind, key, generation FROM change_log
                WHERE seq > \(cursor.position) ORDER BY seq LIMIT \(page)
                """, ChangeLog.Entry.init)
        }
        for stretch in stretches {
            late += try transaction.all(
                """
                SELECT seq, kind, key, generation FROM change_log
                WHERE seq >= \(stretch.lowerBound) AND seq <= \(stretch.upperBound) ORDER BY seq
                """, ChangeLog.Entry.init)
        }
        if oldest != nil, !cursor.missing(before: new).isEmpty { horizon = try Self.ownNumber(in: transaction) }
    }

    /// Reads where the log ends, and what is missing in it.
    init(surveying transaction: any Transaction) throws {
        try findEnds(in: transaction)
        guard oldest != nil else { return }
        horizon = try Self.ownNumber(in: transaction)
        if lowest > 1 { missing.append(1...lowest - 1) }
        try transaction.forEach(
            """
            SELECT seq, following FROM (SELECT seq, LEAD(seq) OVER (ORDER BY seq) AS following FROM change_log) AS numbers
            WHERE following > seq + 1 ORDER BY seq
            """
        ) { row in
            let (last, next): (Int64, Int64) = (try row[0], try row[1])
            missing.append(last + 1...next - 1)
        }
    }

    private mutating func findEnds(in transaction: any Transaction) throws {
        let ends: SQL = "(SELECT MIN(seq) FROM change_log), (SELECT MAX(seq) FROM change_log)"
        switch transaction.dialect {
        case .sqlite:
            try transaction.forEach("SELECT \(ends)") { row in
                lowest = try row[0] ?? 0
                highest = try row[1] ?? 0
            }
        case .postgresql:
            try transaction.forEach("SELECT \(ends), CAST(pg_snapshot_xmin(pg_current_snapshot()) AS TEXT)") { row in
                lowest = try row[0] ?? 0
                highest = try row[1] ?? 0
                oldest = Int64(try row[2] as String)
            }
        }
    }

    /// The reader's own transaction number, assigned on demand. A writer's number is assigned before it draws a number
    /// of the log, so every transaction that had drawn one before this call has a lower number.
    private static func ownNumber(in transaction: any Transaction) throws -> Int64? {
        try transaction.first("SELECT CAST(pg_current_xact_id() AS TEXT)") { row in Int64(try row[0] as String) } ?? nil
    }
}

extension ChangeLog.Entry {
    fileprivate init(_ row: borrowing Row) throws {
        self.init(sequence: try row[0], kind: try row[1], key: try row[2], generation: try row[3])
    }
}
