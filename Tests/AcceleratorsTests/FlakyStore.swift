import Store
import Synchronization

/// A store whose connection breaks once, at its n-th operation: before it, or after the commit whose answer is lost.
final class FlakyStore: StateStore {
    private let store: any StateStore
    private let commits: Bool
    private let stage: Stage?
    /// Operations so far, and the one that breaks; nil before the test arms it.
    private let state = Mutex<(count: Int, breaksAt: Int?)>((0, nil))

    init(_ store: any StateStore, commits: Bool, stage: Stage? = nil) {
        self.store = store
        self.commits = commits
        self.stage = stage
    }

    var dialect: Dialect { store.dialect }
    var count: Int { state.withLock { $0.count } }

    func arm(at operation: Int) { state.withLock { $0 = (0, operation) } }

    private func isBroken() -> Bool {
        let isBroken = state.withLock { state in
            state.count += 1
            return state.count == state.breaksAt
        }
        if isBroken { stage?.cut() }
        return isBroken
    }

    private static let cut = StoreError(.connection, "cut", isTransient: true)

    func read<Result: Sendable>(
        _ body: @escaping @Sendable (any Transaction) throws -> Result
    ) async throws -> Result {
        if isBroken() { throw Self.cut }
        return try await store.read(body)
    }

    func write<Result: Sendable>(
        _ body: @escaping @Sendable (any Transaction) throws -> Result
    ) async throws -> Result {
        if isBroken() {
            if commits { _ = try await store.write(body) }
            throw Self.cut
        }
        return try await store.write(body)
    }

    func close() async {}
}
