/// One open transaction. It is valid only inside the closure that received it, on that closure's thread.
///
/// A statement that fails ends it: later statements fail too, and it rolls back even if the body catches the error. If
/// a row may exist already, write `INSERT … ON CONFLICT DO NOTHING` and check the count.
public protocol Transaction {
    var dialect: Dialect { get }

    /// Calls `body` with each row of a query, in order. The row is valid only during the call.
    func forEach(_ query: SQL, _ body: (borrowing Row) throws -> Void) throws

    /// Runs a statement and returns how many rows it changed.
    @discardableResult
    func execute(_ statement: SQL) throws -> Int
}

extension Transaction {
    /// Every row of `query`, decoded by position.
    public func all<Value>(_ query: SQL, _ decode: (borrowing Row) throws -> Value) throws -> [Value] {
        var values: [Value] = []
        try forEach(query) { row in values.append(try decode(row)) }
        return values
    }

    /// The first row of `query`, or nil. The query is expected to yield at most one.
    public func first<Value>(_ query: SQL, _ decode: (borrowing Row) throws -> Value) throws -> Value? {
        var value: Value?
        try forEach(query) { row in if value == nil { value = try decode(row) } }
        return value
    }

    /// Whether `query` yields a row.
    public func exists(_ query: SQL) throws -> Bool {
        var found = false
        try forEach(query) { _ in found = true }
        return found
    }
}
