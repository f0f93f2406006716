import GRDB
public import Store

/// Makes consistent copies of a database while others write to it, with SQLite's own backup. Every call blocks.
///
/// Copying the files is no alternative: the latest commits are in the log beside the database, and parts of both that
/// were read at different moments do not fit together.
public enum SQLiteBackup {
    /// Writes the database at `path`, as it is at one moment, to the new file `copy`, which needs no log beside it.
    ///
    /// Throws `StoreError`; the content of `copy` is then invalid.
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

    /// Throws `StoreError.damaged` if SQLite finds a fault in the file, or if a row refers to one that does not exist.
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
