import FoundationEssentials
import Model
import Synchronization
import Testing

@testable import Placement

@Suite struct ProviderLanesTests {
    @Test(.timeLimit(.minutes(30))) func oneAtATimeAndNobodyIsForgotten() async throws {
        let lanes = ProviderLanes()
        let ids = (0..<4).map { _ in ResourceProviderID(UUID()) }
        let inside = Inside()
        let done = try await withThrowingTaskGroup(of: Void.self) { group in
            for number in 0..<200 {
                let mine = Set(ids.enumerated().filter { (number >> $0.offset) & 1 == 1 }.map(\.element))
                group.addTask {
                    try await lanes.run(on: mine) {
                        inside.enter(mine)
                        await Task.yield()
                        inside.leave(mine)
                    }
                }
            }
            var done = 0
            for try await _ in group { done += 1 }
            return done
        }
        #expect(done == 200)
    }
}

/// Counts who is inside each lane.
private final class Inside: Sendable {
    private let counts = Mutex<[ResourceProviderID: Int]>([:])

    func enter(_ ids: Set<ResourceProviderID>) {
        counts.withLock { counts in
            for id in ids {
                counts[id, default: 0] += 1
                #expect(counts[id] == 1)
            }
        }
    }

    func leave(_ ids: Set<ResourceProviderID>) {
        counts.withLock { counts in
            for id in ids { counts[id, default: 0] -= 1 }
        }
    }
}
