import Synchronization

/// Wakes those who sleep before their pause ends; a ring that nobody hears is heard by the next who lies down.
public final class Bell: Sendable {
    private struct State {
        var isRung = false
        var next = 0
        var sleepers: [Int: CheckedContinuation<Bool, Never>] = [:]
    }

    private let pause: @Sendable (Duration) async throws -> Void
    private let state = Mutex(State())

    /// - Parameter wait: sleeps for a span; throws where its task is cancelled
    public init(wait: @escaping @Sendable (Duration) async throws -> Void = { try await Task.sleep(for: $0) }) {
        pause = wait
    }

    public func ring() {
        let sleepers = state.withLock { state in
            defer { state.sleepers = [:] }
            if state.sleepers.isEmpty { state.isRung = true }
            return state.sleepers.values
        }
        for sleeper in sleepers { sleeper.resume(returning: true) }
    }

    /// Whether it rang and nobody heard it, who now has.
    public func take() -> Bool {
        state.withLock { state in
            defer { state.isRung = false }
            return state.isRung
        }
    }

    /// Returns at the next ring, after `span`, or when the task is cancelled; says whether it rang.
    @discardableResult
    public func wait(atMost span: Duration) async -> Bool {
        await withTaskGroup(of: Bool.self) { group in
            group.addTask { await self.sleep() }
            group.addTask {
                _ = try? await self.pause(span)
                return false
            }
            var hasRung = await group.next() ?? false
            group.cancelAll()
            // It may ring while the pause ends: who is woken has heard it.
            for await one in group where one { hasRung = true }
            return hasRung
        }
    }

    private func sleep() async -> Bool {
        let number = state.withLock { state in
            state.next += 1
            return state.next
        }
        return await withTaskCancellationHandler {
            await withCheckedContinuation { (continuation: CheckedContinuation<Bool, Never>) in
                let atOnce: Bool? = state.withLock { state in
                    if Task.isCancelled { return false }
                    if state.isRung {
                        state.isRung = false
                        return true
                    }
                    state.sleepers[number] = continuation
                    return nil
                }
                if let atOnce { continuation.resume(returning: atOnce) }
            }
        } onCancel: {
            let sleeper = state.withLock { $0.sleepers.removeValue(forKey: number) }
            sleeper?.resume(returning: false)
        }
    }
}
