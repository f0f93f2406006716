import Store

/// An open transaction on one connection.
///
/// A statement that fails ends it: PostgreSQL accepts nothing more, and so does this.
struct PostgreSQLTransaction: Transaction {
    /// The state of the transaction, shared by the copies that a body may make.
    final class Course {
        var failure: StoreError?
        /// Whether the first statement, and with it the opening, has been sent.
        var isOpen = false
    }

    let connection: Connection
    let mode: Session.Mode
    let course = Course()

    var dialect: Dialect { .postgresql }

    /// The rows of a query are in memory while `body` runs, so that it may run other statements.
    func forEach(_ query: SQL, _ body: (borrowing Row) throws -> Void) throws {
        let result = try run(query)
        for row in 0..<result.rows { try body(Row(result.columns(row))) }
    }

    @discardableResult
    func execute(_ statement: SQL) throws -> Int {
        try run(statement).changes
    }

    private func run(_ statement: SQL) throws(StoreError) -> QueryResult {
        if let failure = course.failure { throw failure }
        do {
            if !course.isOpen {
                course.isOpen = true
                try connection.begin(mode == .write && statement.isWholeTransaction ? .statement : mode)
            }
            return try connection.execute(statement)
        } catch {
            course.failure = error
            throw error
        }
    }
}
