import Model
import Store
import Synchronization

/// What keeps this process from serving well: `/readyz` lists it.
final class Readiness: Sendable {
    private let store: any StateStore
    private let isStarted = Atomic(false)

    init(_ store: any StateStore) {
        self.store = store
    }

    /// All that must be in memory is there.
    func start() { isStarted.store(true, ordering: .releasing) }

    func obstacles() async -> [String] {
        guard isStarted.load(ordering: .acquiring) else { return ["starting: the index is being loaded"] }
        do {
            let answer: Int? = try await store.read { transaction in try transaction.first("SELECT 1") { try $0[0] } }
            return answer == 1 ? [] : ["the database answers nonsense"]
        } catch {
            return ["the database does not answer"]
        }
    }
}
