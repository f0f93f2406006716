import FoundationEssentials
import GRDB
import Store

/// An open transaction on one connection; statements are prepared once and kept.
///
/// A statement that fails ends it, as on PostgreSQL: nothing more runs in it, and it rolls back whatever its body returns.
struct SQLiteTransaction: Transaction {
    /// What happened so far, shared by the copies that a body may make.
    private final class Course {
        var failure: StoreError?
    }

    private let database: Database
    private let course = Course()

    init(_ database: Database) {
        self.database = database
    }

    var dialect: Dialect { .sqlite }

    /// The statement that ended this transaction.
    var failure: StoreError? { course.failure }

    func forEach(_ query: Store.SQL, _ body: (borrowing Store.Row) throws -> Void) throws {
        let cursor = try guarded {
            let statement = try database.cachedStatement(sql: query.render(.sqlite))
            return try GRDB.Row.fetchCursor(statement, arguments: arguments(query))
        }
        while let row = try guarded({ try cursor.next() }) { try body(Store.Row(SQLiteColumns(row: row))) }
    }

    @discardableResult
    func execute(_ statement: Store.SQL) throws -> Int {
        try guarded {
            let prepared = try database.cachedStatement(sql: statement.render(.sqlite))
            try prepared.execute(arguments: arguments(statement))
            return database.changesCount
        }
    }

    private func guarded<Value>(_ work: () throws -> Value) throws -> Value {
        if let failure = course.failure { throw failure }
        do {
            return try work()
        } catch {
            let failure = StoreError(sqlite: error)
            course.failure = failure
            throw failure
        }
    }

    private func arguments(_ sql: Store.SQL) -> StatementArguments {
        StatementArguments(
            sql.values.map { value -> DatabaseValue in
                switch value {
                case .null: .null
                case .integer(let integer): integer.databaseValue
                case .double(let double): double.databaseValue
                case .text(let text): text.databaseValue
                case .blob(let data): data.databaseValue
                }
            })
    }
}

/// The columns of SQLite's current row.
struct SQLiteColumns: Columns {
    let row: GRDB.Row

    func isNull(_ index: Int) -> Bool { row.hasNull(atIndex: index) }

    func integer(_ index: Int) throws(StoreError) -> Int64 {
        guard let value = Int64.fromDatabaseValue(row[index]) else { throw mismatch(index, "an integer") }
        return value
    }

    func double(_ index: Int) throws(StoreError) -> Double {
        guard let value = Double.fromDatabaseValue(row[index]) else { throw mismatch(index, "a number") }
        return value
    }

    func text(_ index: Int) throws(StoreError) -> String {
        guard let value = String.fromDatabaseValue(row[index]) else { throw mismatch(index, "text") }
        return value
    }

    func blob(_ index: Int) throws(StoreError) -> Data {
        guard let value = Data.fromDatabaseValue(row[index]) else { throw mismatch(index, "bytes") }
        return value
    }

    private func mismatch(_ index: Int, _ expected: String) -> StoreError {
        StoreError(.column, "column \(index) does not hold \(expected)")
    }
}
