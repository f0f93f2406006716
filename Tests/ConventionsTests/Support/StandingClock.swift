import Model
import Synchronization

/// A clock that stands until it is moved.
final class StandingClock: Sendable {
    private let now = Mutex(Timestamp(microseconds: 1_795_219_649_000_000))

    var source: TimeSource { TimeSource { [self] in now.withLock { $0 } } }

    func advance(_ duration: Duration) { now.withLock { $0 = $0 + duration } }
}
