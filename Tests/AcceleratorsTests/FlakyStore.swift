import Store
import Synchronization

/// A store whose connection breaks once, at its n-th operation or at the first one in a moment: before it, or after the
/// commit whose answer is lost.
final class FlakyStore: StateStore {
    private struct State {
        var moments: [String] = []
        var breaksAt: Int?
        var breaksIn: String?
    }

    private let store: any StateStore
    private let commits: Bool
    private let stage: Stage
    private let state = Mutex(State())

    init(_ store: any StateStore, commits: Bool, stage: Stage) {
        self.store = store
        self.commits = commits
        self.stage = stage
    }

    var dialect: Dialect { store.dialect }
    /// The moments of all operations so far.
    var moments: [String] { state.withLock { $0.moments } }

    func arm(at operation: Int) { state.withLock { $0 = State(breaksAt: operation) } }
    func arm(in moment: String) { state.withLock { $0 = State(breaksIn: moment) } }

    private func isBroken() -> Bool {
        let moment = stage.moment
        let isBroken = state.withLock { state in
            state.moments.append(moment)
            if state.breaksIn == moment {
                state.breaksIn = nil
                return true
            }
            return state.moments.count == state.breaksAt
        }
        if isBroken { stage.cut() }
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
