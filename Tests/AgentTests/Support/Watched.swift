import Synchronization

/// A value that tests wait on: whoever waits is woken by the change that makes the condition true.
final class Watched<Value: Sendable>: Sendable {
    private struct Waiter {
        let isMet: @Sendable (Value) -> Bool
        let continuation: CheckedContinuation<Value, Never>
    }

    private struct State {
        var value: Value
        var waiters: [Waiter] = []
    }

    private let state: Mutex<State>

    init(_ value: Value) {
        state = Mutex(State(value: value))
    }

    var value: Value { state.withLock { $0.value } }

    @discardableResult
    func change<Result: Sendable, Failure: Error>(
        _ body: (inout Value) throws(Failure) -> Result
    ) throws(Failure) -> Result {
        var woken: [Waiter] = []
        var after: Value?
        defer { if let after { for waiter in woken { waiter.continuation.resume(returning: after) } } }
        return try state.withLock { (state: inout State) throws(Failure) -> Result in
            defer {
                let value = state.value
                woken = state.waiters.filter { $0.isMet(value) }
                state.waiters.removeAll { $0.isMet(value) }
                after = value
            }
            return try body(&state.value)
        }
    }

    /// The value as soon as it meets the condition.
    @discardableResult
    func until(_ isMet: @escaping @Sendable (Value) -> Bool) async -> Value {
        await withCheckedContinuation { continuation in
            let met: Value? = state.withLock { state in
                if isMet(state.value) { return state.value }
                state.waiters.append(Waiter(isMet: isMet, continuation: continuation))
                return nil
            }
            if let met { continuation.resume(returning: met) }
        }
    }
}
