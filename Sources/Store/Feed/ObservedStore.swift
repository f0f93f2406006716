import Synchronization

/// A store whose commits wake a change feed at once, when they noted a change.
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
        if observation.hasNoted { feed.poke() }
        return result
    }

    func close() async {
        await engine.close()
    }
}

/// Whether a transaction wrote to the change log, in any of its attempts.
private final class Observation: Sendable {
    private let noted = Atomic(false)

    var hasNoted: Bool { noted.load(ordering: .acquiring) }
    func note() { noted.store(true, ordering: .releasing) }
}

private struct ObservedTransaction: Transaction {
    let transaction: any Transaction
    let observation: Observation

    var dialect: Dialect { transaction.dialect }

    func forEach(_ query: SQL, _ body: (borrowing Row) throws -> Void) throws {
        try transaction.forEach(query, body)
    }

    func execute(_ statement: SQL) throws -> Int {
        if statement.isChangeNote { observation.note() }
        return try transaction.execute(statement)
    }
}
