import Model
import Synchronization

/// A clock that tests move.
final class Clock: Sendable {
    private let now = Mutex(Timestamp(microseconds: 1_790_000_000_000_000))

    func advance(by duration: Duration) { now.withLock { $0 = $0 + duration } }

    var source: TimeSource { TimeSource { self.now.withLock { $0 } } }
}
