import Model
import Synchronization

/// A clock that tests move, or the system's.
final class Clock: Sendable {
    private let now: Mutex<Timestamp>?

    init(_ start: Timestamp? = Timestamp(microseconds: 1_790_000_000_000_000)) {
        now = start.map { Mutex($0) }
    }

    /// For clients that have a clock of their own.
    static let system = Clock(nil)

    func advance(by duration: Duration) { now?.withLock { $0 = $0 + duration } }

    var source: TimeSource { TimeSource { self.now?.withLock { $0 } ?? TimeSource.system.now() } }
}
