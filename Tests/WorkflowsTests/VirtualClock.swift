import Model
import Synchronization

/// Time that the test turns: a pause ends when the clock has gone on so far.
final class VirtualClock: Sendable {
    private struct Sleeper {
        let due: Timestamp
        let waker: CheckedContinuation<Void, any Error>
    }

    private struct State {
        var now = Timestamp(microseconds: 1_795_219_649_000_000)
        var number = 0
        var sleepers: [Int: Sleeper] = [:]
        var cancelled: Set<Int> = []
    }

    private let state = Mutex(State())
    /// How long somebody began to pause.
    let pauses: AsyncStream<Duration>
    private let paused: AsyncStream<Duration>.Continuation

    init() { (pauses, paused) = AsyncStream.makeStream() }

    var now: Timestamp { state.withLock { $0.now } }

    /// Pauses are this clock's, too.
    var source: TimeSource {
        TimeSource({ [self] in now }, pause: { [self] duration in try await pause(duration) })
    }

    /// Pauses take real time, as with a system whose clock stands.
    var reading: TimeSource { TimeSource { [self] in now } }

    func advance(_ duration: Duration) {
        let awake = state.withLock { state in
            state.now = state.now + duration
            let now = state.now
            let due = state.sleepers.filter { $0.value.due <= now }
            for id in due.keys { state.sleepers[id] = nil }
            return due.values.sorted { $0.due < $1.due }
        }
        for sleeper in awake { sleeper.waker.resume() }
    }

    /// Returns when somebody has begun to pause that long.
    func waitForPause(of duration: Duration) async {
        for await pause in pauses where pause == duration { return }
    }

    private func pause(_ duration: Duration) async throws {
        let id = state.withLock { state in
            state.number += 1
            return state.number
        }
        try await withTaskCancellationHandler {
            try await withCheckedThrowingContinuation { waker in
                let isCancelled = state.withLock { state in
                    if state.cancelled.remove(id) != nil { return true }
                    state.sleepers[id] = Sleeper(due: state.now + duration, waker: waker)
                    return false
                }
                if isCancelled { waker.resume(throwing: CancellationError()) } else { paused.yield(duration) }
            }
        } onCancel: {
            let sleeper = state.withLock { state in
                let sleeper = state.sleepers.removeValue(forKey: id)
                if sleeper == nil { state.cancelled.insert(id) }
                return sleeper
            }
            sleeper?.waker.resume(throwing: CancellationError())
        }
    }
}
