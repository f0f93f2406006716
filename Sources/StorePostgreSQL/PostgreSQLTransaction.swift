import Store

/// An open transaction on one connection.
///
/// A statement that fails ends it: PostgreSQL accepts nothing more, and so does this.
struct PostgreSQLTransaction: Transaction {
    /// What happened so far, shared by the copies that a body may make.
    final class Course {
        var failure: StoreError?
        /// The first statement brought the opening with it.
        var isOpen = false
    }

    let connection: Connection
    let mode: Session.Mode
    let course = Course()

    var dialect: Dialect { .postgresql }

    /// Rows of a query lie in memory while `body` runs, so that it may run other statements.
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
