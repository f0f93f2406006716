import Synchronization

/// Wakes one who sleeps; a ring that nobody hears is heard by the next who lies down.
final class Bell: Sendable {
    private struct State {
        var isRung = false
        var next = 0
        var sleepers: [Int: CheckedContinuation<Void, Never>] = [:]
    }

    private let waiting: Waiting
    private let state = Mutex(State())

    init(wait: @escaping Waiting) {
        waiting = wait
    }

    func ring() {
        let sleepers = state.withLock { state in
            defer { state.sleepers = [:] }
            if state.sleepers.isEmpty { state.isRung = true }
            return state.sleepers.values
        }
        for sleeper in sleepers { sleeper.resume() }
    }

    /// Returns at the next ring, after `span`, or when the task is cancelled.
    func wait(atMost span: Duration) async {
        await withTaskGroup(of: Void.self) { group in
            group.addTask { await self.sleep() }
            group.addTask { _ = try? await self.waiting(span) }
            await group.next()
            group.cancelAll()
        }
    }

    private func sleep() async {
        let number = state.withLock { state in
            state.next += 1
            return state.next
        }
        await withTaskCancellationHandler {
            await withCheckedContinuation { (continuation: CheckedContinuation<Void, Never>) in
                let goesOn = state.withLock { state in
                    if Task.isCancelled { return true }
                    if state.isRung {
                        state.isRung = false
                        return true
                    }
                    state.sleepers[number] = continuation
                    return false
                }
                if goesOn { continuation.resume() }
            }
        } onCancel: {
            let sleeper = state.withLock { $0.sleepers.removeValue(forKey: number) }
            sleeper?.resume()
        }
    }
}
