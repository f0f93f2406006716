import Synchronization

/// Notices that nothing was heard for a while.
final class SilenceWatch: Sendable {
    private let clock = ContinuousClock()
    private let last: Mutex<ContinuousClock.Instant>

    init() {
        last = Mutex(ContinuousClock.now)
    }

    func heard() {
        let now = clock.now
        last.withLock { $0 = now }
    }

    /// Returns when nothing was heard for `limit`. Throws when it is cancelled.
    func wait(for limit: Duration) async throws {
        while true {
            let end = last.withLock { $0 }.advanced(by: limit)
            if end <= clock.now { return }
            try await Task.sleep(until: end, clock: clock)
        }
    }
}
