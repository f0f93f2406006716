import Model
import Synchronization

/// Admits one claim at a time to each provider.
///
/// If the database runs transactions concurrently, claims of one popular provider would make one another fail and be
/// retried; here they wait in the order of arrival. Claims of several providers take their lanes in the order of the
/// ids, so that they cannot deadlock.
final class ProviderLanes: Sendable {
    private typealias Turn = CheckedContinuation<Void, Never>

    /// Waiting claims by provider; an entry without waiters is a lane in use.
    private let lanes = Mutex<[ResourceProviderID: [Turn]]>([:])

    func run<Result: Sendable>(
        on providers: Set<ResourceProviderID>, _ body: @Sendable () async throws -> Result
    ) async throws -> Result {
        let order = providers.sorted()
        for id in order { await enter(id) }
        defer { for id in order { leave(id) } }
        return try await body()
    }

    private func enter(_ id: ResourceProviderID) async {
        await withCheckedContinuation { (turn: Turn) in
            let isFree = lanes.withLock { lanes in
                guard lanes[id] != nil else {
                    lanes[id] = []
                    return true
                }
                lanes[id]?.append(turn)
                return false
            }
            if isFree { turn.resume() }
        }
    }

    private func leave(_ id: ResourceProviderID) {
        let next: Turn? = lanes.withLock { lanes in
            guard let waiting = lanes[id], !waiting.isEmpty else {
                lanes[id] = nil
                return nil
            }
            return lanes[id]?.removeFirst()
        }
        next?.resume()
    }
}
