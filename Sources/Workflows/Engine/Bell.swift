import Model
import Synchronization

/// Ends a pause early. One waits, many ring; a ring while nobody waits is kept.
final class Bell: Sendable {
    private struct State {
        var hasRung = false
        var waiter: AsyncStream<Void>.Continuation?
    }

    private let state = Mutex(State())

    func ring() {
        let waiter = state.withLock { state in
            state.hasRung = true
            return state.waiter
        }
        waiter?.yield()
        waiter?.finish()
    }

    /// Whether it rang since the last call.
    func take() -> Bool {
        state.withLock { state in
            defer { state.hasRung = false }
            return state.hasRung
        }
    }

    /// Returns at the next ring, after `duration`, or when the task is cancelled.
    func wait(atMost duration: Duration, by time: TimeSource) async {
        let (stream, continuation) = AsyncStream<Void>.makeStream()
        let isLate = state.withLock { state in
            state.waiter = continuation
            return state.hasRung
        }
        if isLate { continuation.finish() }
        await withTaskGroup(of: Void.self) { group in
            group.addTask { for await _ in stream {} }
            group.addTask { try? await time.sleep(for: duration) }
            await group.next()
            group.cancelAll()
        }
        state.withLock { $0.waiter = nil }
    }
}
