import Model
import Store

/// The database and its index, which every endpoint uses.
struct PlacementState: Sendable {
    let store: any StateStore
    let coherence: IndexCoherence
    let time: TimeSource
    let ids: IDSource
    let lanes = ProviderLanes()
    let line = ClaimLine()

    func read<Result: Sendable>(
        _ body: @escaping @Sendable (any Transaction) throws -> Result
    ) async throws -> Result {
        try await store.read(body)
    }

    /// Runs `body` in one transaction. When this returns, the change is durable and in this replica's index.
    func write<Result: Sendable>(_ body: @escaping @Sendable (Ledger) throws -> Result) async throws -> Result {
        let (result, touched) = try await store.write { [time] transaction in
            let ledger = Ledger(transaction, at: time.now())
            let result = try body(ledger)
            try ledger.close()
            return (result, ledger.touched)
        }
        await coherence.follow(touched)
        return result
    }
}
