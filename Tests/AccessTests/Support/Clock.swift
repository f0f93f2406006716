import Model
import Synchronization

/// A clock that tests set.
final class Clock: Sendable {
    private let now: Mutex<Timestamp>

    init(_ start: Timestamp) {
        now = Mutex(start)
    }

    func set(_ moment: Timestamp) { now.withLock { $0 = moment } }

    var source: TimeSource { TimeSource { self.now.withLock { $0 } } }
}
