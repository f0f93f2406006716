import FoundationEssentials
import GRDB
import Store

/// An open transaction on one connection; statements are prepared once and kept.
struct SQLiteTransaction: Transaction {
    private let database: Database

    init(_ database: Database) {
        self.database = database
    }

    var dialect: Dialect { .sqlite }

    func forEach(_ query: Store.SQL, _ body: (borrowing Store.Row) throws -> Void) throws {
        let cursor: RowCursor
        do {
            let statement = try database.cachedStatement(sql: query.render(.sqlite))
            cursor = try GRDB.Row.fetchCursor(statement, arguments: arguments(query))
        } catch {
            throw StoreError(sqlite: error)
        }
        while let row = try next(cursor) { try body(Store.Row(SQLiteColumns(row: row))) }
    }

    @discardableResult
    func execute(_ statement: Store.SQL) throws -> Int {
        do {
            let prepared = try database.cachedStatement(sql: statement.render(.sqlite))
            try prepared.execute(arguments: arguments(statement))
            return database.changesCount
        } catch {
            throw StoreError(sqlite: error)
        }
    }

    private func next(_ cursor: RowCursor) throws -> GRDB.Row? {
        do {
            return try cursor.next()
        } catch {
            throw StoreError(sqlite: error)
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
