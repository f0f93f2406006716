import Access
import Model
import Synchronization

/// A token source that knows some tokens, counts what it is asked, and can be held up.
final class ScriptedTokenSource: TokenSource {
    private struct State {
        var callers: [String: Caller] = [:]
        var expired: [String: Caller] = [:]
        var asked: [String] = []
        var fault: Fault?
        var isHeld = false
        var held: [CheckedContinuation<Void, Never>] = []
        var arrivals: [CheckedContinuation<Void, Never>] = []
    }

    private let state = Mutex(State())

    init(_ callers: [String: Caller] = [:], expired: [String: Caller] = [:]) {
        state.withLock {
            $0.callers = callers
            $0.expired = expired
        }
    }

    var asked: [String] { state.withLock { $0.asked } }
    func fail(with fault: Fault?) { state.withLock { $0.fault = fault } }
    func set(_ token: String, to caller: Caller?) { state.withLock { $0.callers[token] = caller } }
    func hold() { state.withLock { $0.isHeld = true } }

    func release() {
        let held = state.withLock { state in
            state.isHeld = false
            defer { state.held = [] }
            return state.held
        }
        for waiting in held { waiting.resume() }
    }

    /// Returns once somebody is held.
    func arrival() async {
        await withCheckedContinuation { continuation in
            let isThere = state.withLock { state in
                if state.held.isEmpty { state.arrivals.append(continuation) }
                return !state.held.isEmpty
            }
            if isThere { continuation.resume() }
        }
    }

    func caller(for token: Secret, allowExpired: Bool) async throws(Fault) -> Caller? {
        let (isHeld, answer, fault) = state.withLock { state in
            state.asked.append(token.revealed)
            let answer = state.callers[token.revealed] ?? (allowExpired ? state.expired[token.revealed] : nil)
            return (state.isHeld, answer, state.fault)
        }
        if isHeld {
            await withCheckedContinuation { continuation in
                let arrivals = state.withLock { state in
                    state.held.append(continuation)
                    defer { state.arrivals = [] }
                    return state.arrivals
                }
                for waiting in arrivals { waiting.resume() }
            }
        }
        if let fault { throw fault }
        return answer
    }
}
