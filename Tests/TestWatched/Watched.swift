import Synchronization

/// A value that tests wait on: whoever waits is woken by the change that makes the condition true.
public final class Watched<Value: Sendable>: Sendable {
    private struct Waiter {
        let isMet: @Sendable (Value) -> Bool
        let continuation: CheckedContinuation<Value, Never>
    }

    private struct State {
        var value: Value
        var waiters: [Int: Waiter] = [:]
        var next = 0
    }

    private let state: Mutex<State>

    public init(_ value: Value) {
        state = Mutex(State(value: value))
    }

    public var value: Value { state.withLock { $0.value } }

    @discardableResult
    public func change<Result: Sendable, Failure: Error>(
        _ body: (inout Value) throws(Failure) -> Result
    ) throws(Failure) -> Result {
        var woken: [Waiter] = []
        var after: Value?
        defer { if let after { for waiter in woken { waiter.continuation.resume(returning: after) } } }
        return try state.withLock { (state: inout State) throws(Failure) -> Result in
            defer {
                let value = state.value
                let met = state.waiters.filter { $0.value.isMet(value) }
                for number in met.keys { state.waiters[number] = nil }
                woken = Array(met.values)
                after = value
            }
            return try body(&state.value)
        }
    }

    /// The value as soon as it meets the condition. A test that runs out of time gets the value as it is then; `stubborn`
    /// waits on even when its task is cancelled.
    @discardableResult
    public func until(stubborn: Bool = false, _ isMet: @escaping @Sendable (Value) -> Bool) async -> Value {
        let number = state.withLock { state in
            state.next += 1
            return state.next
        }
        return await withTaskCancellationHandler {
            await withCheckedContinuation { continuation in
                let now: Value? = state.withLock { state in
                    if isMet(state.value) || (Task.isCancelled && !stubborn) { return state.value }
                    state.waiters[number] = Waiter(isMet: isMet, continuation: continuation)
                    return nil
                }
                if let now { continuation.resume(returning: now) }
            }
        } onCancel: {
            guard !stubborn else { return }
            let (waiter, value) = state.withLock { ($0.waiters.removeValue(forKey: number), $0.value) }
            waiter?.continuation.resume(returning: value)
        }
    }
}
