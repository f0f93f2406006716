import GRDB
import Store

/// An open transaction on one connection. Statements are prepared once and kept.
///
/// A statement that fails ends it, as on PostgreSQL: no further statement runs, and the transaction rolls back whatever
/// its body returns.
struct SQLiteTransaction: Transaction {
    /// The state of the transaction, shared by the copies that a body may make.
    private final class Course {
        var failure: StoreError?
    }

    private let database: Database
    private let course = Course()

    init(_ database: Database) {
        self.database = database
    }

    var dialect: Dialect { .sqlite }

    /// Runs a body. A body that caught the failure of a statement counts as failed.
    func run<Result>(_ body: (any Transaction) throws -> Result) throws -> Result {
        let result = try body(self)
        if let failure = course.failure { throw failure }
        return result
    }

    /// Runs a statement that opens or ends a transaction.
    func control(_ text: String) throws {
        let statement = try SQLiteStatement(text, on: database)
        defer { statement.finish() }
        _ = try statement.step()
    }

    func forEach(_ query: Store.SQL, _ body: (borrowing Store.Row) throws -> Void) throws {
        let statement = try guarded { try SQLiteStatement(query.render(.sqlite), on: database) }
        defer { statement.finish() }
        try guarded { try statement.bind(query.values) }
        let row = Store.Row(statement.columns)
        while try guarded({ try statement.step() }) { try body(row) }
    }

    @discardableResult
    func execute(_ statement: Store.SQL) throws -> Int {
        try guarded {
            let text = statement.render(.sqlite)
            guard Self.changesRows(text) else {
                // GRDB wants to know of changes of the schema.
                try database.execute(sql: text)
                return database.changesCount
            }
            let prepared = try SQLiteStatement(text, on: database)
            defer { prepared.finish() }
            try prepared.bind(statement.values)
            while try prepared.step() {}
            return database.changesCount
        }
    }

    private static func changesRows(_ text: String) -> Bool {
        ["INSERT", "UPDATE", "DELETE", "WITH"].contains { text.hasPrefix($0) }
    }

    private func guarded<Value>(_ work: () throws -> Value) throws -> Value {
        if let failure = course.failure { throw failure }
        do {
            return try work()
        } catch {
            let failure = error as? StoreError ?? StoreError(sqlite: error)
            course.failure = failure
            throw failure
        }
    }
}
