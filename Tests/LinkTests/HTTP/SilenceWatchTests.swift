import Model
import Synchronization
import Testing

@testable import LinkClient

@Suite struct SilenceWatchTests {
    /// A clock that moves by exactly what is slept.
    private final class Played: Sendable {
        let start = ContinuousClock.now
        let passed = Mutex(Duration.zero)
        let slept = Mutex<[Duration]>([])

        func now() -> ContinuousClock.Instant { start.advanced(by: passed.withLock { $0 }) }
        func pass(_ span: Duration) { passed.withLock { $0 += span } }
    }

    @Test func `silence begins anew with all that is heard`() async throws {
        let clock = Played()
        let hears = Mutex<(@Sendable () -> Void)?>(nil)
        let time = TimeSource({ TimeSource.system.now() }) { span in
            clock.slept.withLock { $0.append(span) }
            guard clock.slept.withLock({ $0.count }) == 1 else { return clock.pass(span) }
            // Half of the first wait passes, something is heard, and the other half passes.
            clock.pass(span / 2)
            hears.withLock { $0 }?()
            clock.pass(span / 2)
        }
        let watch = SilenceWatch(now: { clock.now() }, time: time)
        hears.withLock { $0 = { watch.heard() } }
        try await watch.wait(for: .seconds(40))
        #expect(clock.slept.withLock { $0 } == [.seconds(40), .seconds(20)])
        #expect(clock.passed.withLock { $0 } == .seconds(60))
    }
}
