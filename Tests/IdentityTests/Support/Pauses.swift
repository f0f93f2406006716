import Model
import Synchronization

/// Lets time pass on a clock that tests move, and remembers how long each pause was.
final class Pauses: Sendable {
    private let clock: Clock
    private let all = Mutex<[Duration]>([])

    init(_ clock: Clock) {
        self.clock = clock
    }

    var taken: [Duration] { all.withLock { $0 } }

    func pause(_ duration: Duration) async throws {
        all.withLock { $0.append(duration) }
        clock.advance(by: duration)
        await Task.yield()
    }
}
