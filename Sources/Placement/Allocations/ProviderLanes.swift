import Model
import Synchronization

/// Lets one claim at a time through to each provider.
///
/// Where the database runs transactions side by side, claims of one hot provider would fail one another and be tried
/// again and again; here they wait in line instead, in the order in which they came. Claims of several providers take
/// their lanes in the order of the ids, so that none waits for another that waits for it.
final class ProviderLanes: Sendable {
    private typealias Turn = CheckedContinuation<Void, Never>

    /// Who waits, by provider; an entry without waiters is a lane in use.
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
