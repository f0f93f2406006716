public import Store
import Synchronization

/// A store that counts the statements it is given.
public final class CountingStore: StateStore {
    private let store: any StateStore
    private let statements = Mutex(0)

    public init(_ store: any StateStore) { self.store = store }

    public var dialect: Dialect { store.dialect }

    /// Statements since the last call.
    public func take() -> Int {
        statements.withLock { count in
            defer { count = 0 }
            return count
        }
    }

    public func read<Result: Sendable>(
        _ body: @escaping @Sendable (any Transaction) throws -> Result
    ) async throws -> Result {
        try await store.read { [self] in try body(Counting(transaction: $0, store: self)) }
    }

    public func write<Result: Sendable>(
        _ body: @escaping @Sendable (any Transaction) throws -> Result
    ) async throws -> Result {
        try await store.write { [self] in try body(Counting(transaction: $0, store: self)) }
    }

    public func close() async {}

    private struct Counting: Transaction {
        let transaction: any Transaction
        let store: CountingStore

        var dialect: Dialect { transaction.dialect }

        func forEach(_ query: SQL, _ body: (borrowing Row) throws -> Void) throws {
            store.statements.withLock { $0 += 1 }
            try transaction.forEach(query, body)
        }

        @discardableResult
        func execute(_ statement: SQL) throws -> Int {
            store.statements.withLock { $0 += 1 }
            return try transaction.execute(statement)
        }
    }
}
