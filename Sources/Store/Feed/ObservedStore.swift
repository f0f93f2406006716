import Synchronization

/// A store whose commits wake a change feed at once, if they recorded a change.
struct ObservedStore: StateStore {
    let engine: any StateStore
    let feed: ChangeFeed

    var dialect: Dialect { engine.dialect }

    func read<Result: Sendable>(
        _ body: @escaping @Sendable (any Transaction) throws -> Result
    ) async throws -> Result {
        try await engine.read(body)
    }

    @discardableResult
    func write<Result: Sendable>(
        _ body: @escaping @Sendable (any Transaction) throws -> Result
    ) async throws -> Result {
        let observation = Observation()
        let result = try await engine.write { transaction in
            try body(ObservedTransaction(transaction: transaction, observation: observation))
        }
        let kinds = observation.kinds
        if !kinds.isEmpty { feed.wrote(kinds) }
        return result
    }

    func displacement() async -> StoreError? { await engine.displacement() }

    func close() async {
        await engine.close()
    }
}

/// The kinds of changes that a transaction wrote to the change log, in any of its attempts.
private final class Observation: Sendable {
    private let noted = Mutex<Set<String>>([])

    var kinds: Set<String> { noted.withLock { $0 } }
    func note(_ kind: String) { _ = noted.withLock { $0.insert(kind) } }
}

private struct ObservedTransaction: Transaction {
    let transaction: any Transaction
    let observation: Observation

    var dialect: Dialect { transaction.dialect }

    func forEach(_ query: SQL, _ body: (borrowing Row) throws -> Void) throws {
        if let kind = query.notedKind { observation.note(kind) }
        try transaction.forEach(query, body)
    }

    func execute(_ statement: SQL) throws -> Int {
        if let kind = statement.notedKind { observation.note(kind) }
        return try transaction.execute(statement)
    }
}
