import GRDB
public import Store

/// Copies of a database that others go on writing to, made by SQLite itself: one moment of it, whole. Every call blocks.
///
/// Copying the files is no way: the latest commits lie in the log beside the database, and parts of both that were read at
/// different moments make a third thing.
public enum SQLiteBackup {
    /// Writes the database at `path`, as it is at one moment, into the new file `copy`, which needs no log beside it.
    ///
    /// Throws `StoreError`; what lies at `copy` is nothing then.
    public static func copy(_ path: String, to copy: String) throws(StoreError) {
        try SQLiteFile(path: copy).createEmpty()
        do {
            var reading = GRDB.Configuration()
            reading.readonly = true
            reading.busyMode = .timeout(30)
            let source = try DatabaseQueue(path: path, configuration: reading)
            let target = try DatabaseQueue(path: copy)
            try source.backup(to: target)
            try target.writeWithoutTransaction { database in
                try database.execute(sql: "PRAGMA synchronous = FULL")
                _ = try String.fetchOne(database, sql: "PRAGMA journal_mode = DELETE")
            }
            try target.close()
            try source.close()
        } catch {
            throw SQLiteFile(path: path).refusal(error)
        }
    }

    /// Throws `StoreError.damaged` where SQLite finds anything wrong in the file, or a row refers to one that is not there.
    public static func verify(_ path: String) throws(StoreError) {
        let complaints: [String]
        do {
            var reading = GRDB.Configuration()
            reading.readonly = true
            let queue = try DatabaseQueue(path: path, configuration: reading)
            complaints = try queue.read { database in
                var found = try String.fetchAll(database, sql: "PRAGMA integrity_check(10)").filter { $0 != "ok" }
                found += try GRDB.Row.fetchAll(database, sql: "PRAGMA foreign_key_check").prefix(10).map { row in
                    let (table, parent): (String?, String?) = (row[0], row[2])
                    return "a row of \(table ?? "?") refers to one of \(parent ?? "?") that is not there"
                }
                return found
            }
            try queue.close()
        } catch {
            throw SQLiteFile(path: path).refusal(error)
        }
        guard let first = complaints.first else { return }
        throw StoreError(.damaged, "'\(path)' is damaged: \(first)")
    }
}
