import Model
import Synchronization

/// Notices that nothing was heard for a while.
final class SilenceWatch: Sendable {
    /// A clock that nobody sets.
    private let now: @Sendable () -> ContinuousClock.Instant
    private let time: TimeSource
    private let last: Mutex<ContinuousClock.Instant>

    /// - Parameter time: lets the spans between two looks pass
    init(now: @escaping @Sendable () -> ContinuousClock.Instant = { .now }, time: TimeSource) {
        self.now = now
        self.time = time
        last = Mutex(now())
    }

    func heard() {
        let now = now()
        last.withLock { $0 = now }
    }

    /// Returns when nothing was heard for `limit`. Throws when it is cancelled.
    func wait(for limit: Duration) async throws {
        while true {
            let rest = now().duration(to: last.withLock { $0 }.advanced(by: limit))
            if rest <= .zero { return }
            try await time.sleep(for: rest)
        }
    }
}
