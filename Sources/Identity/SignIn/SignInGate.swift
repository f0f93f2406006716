import Access
import Model
import Synchronization

/// Limits how many guesses at one account from one source run at once, so that concurrent guesses are counted like
/// consecutive ones.
///
/// A guess holds a pass from before its failures are read until its outcome is written. It may start only if all
/// running guesses, should they fail, would stay within the remaining number.
final class SignInGate: Sendable {
    struct Key: Hashable, Sendable {
        let account: String
        /// Nil for all sources that the account does not know.
        let source: WorkSource?
    }

    private struct Waiter {
        let number: UInt64
        let limit: Int
        let continuation: CheckedContinuation<Bool, Never>
    }

    private struct Lane {
        var holders = 0
        var waiters: [Waiter] = []
    }

    private struct State {
        var lanes: [Key: Lane] = [:]
        var nextNumber: UInt64 = 0
    }

    private let state = Mutex(State())

    /// Waits until fewer than `limit` guesses hold a pass. Throws 429 if `mostWaiting` are already waiting, 503 if the
    /// task is cancelled.
    func enter(_ key: Key, limit: Int, mostWaiting: Int) async throws(Fault) {
        let number = state.withLock { state in
            state.nextNumber += 1
            return state.nextNumber
        }
        var isRefused = false
        let mayPass = await withTaskCancellationHandler {
            await withCheckedContinuation { (continuation: CheckedContinuation<Bool, Never>) in
                let answer: Bool? = state.withLock { state in
                    var lane = state.lanes[key] ?? Lane()
                    defer { state.lanes[key] = lane.holders == 0 && lane.waiters.isEmpty ? nil : lane }
                    if Task.isCancelled { return false }
                    if lane.holders < limit, lane.waiters.isEmpty {
                        lane.holders += 1
                        return true
                    }
                    guard lane.waiters.count < mostWaiting else {
                        isRefused = true
                        return false
                    }
                    lane.waiters.append(Waiter(number: number, limit: limit, continuation: continuation))
                    return nil
                }
                if let answer { continuation.resume(returning: answer) }
            }
        } onCancel: {
            withdraw(number, key)
        }
        if mayPass { return }
        guard isRefused else {
            throw .unavailable("The request was cancelled because the client disconnected or the server is stopping.")
        }
        throw Fault(
            .tooManyRequests, "Too many sign-ins of this account from this address are waiting; try again later.",
            headers: [.init("Retry-After", "10")])
    }

    /// Returns the pass.
    func leave(_ key: Key) {
        let released = state.withLock { state -> [Waiter] in
            guard var lane = state.lanes[key] else { return [] }
            lane.holders -= 1
            return admit(&lane, key, &state)
        }
        for waiter in released { waiter.continuation.resume(returning: true) }
    }

    private func withdraw(_ number: UInt64, _ key: Key) {
        let (own, released) = state.withLock { state -> (Waiter?, [Waiter]) in
            guard var lane = state.lanes[key], let index = lane.waiters.firstIndex(where: { $0.number == number })
            else { return (nil, []) }
            let own = lane.waiters.remove(at: index)
            return (own, admit(&lane, key, &state))
        }
        own?.continuation.resume(returning: false)
        for waiter in released { waiter.continuation.resume(returning: true) }
    }

    /// Admits waiting guesses in the order of arrival, as far as there is room.
    private func admit(_ lane: inout Lane, _ key: Key, _ state: inout State) -> [Waiter] {
        var released: [Waiter] = []
        while let next = lane.waiters.first, lane.holders < next.limit {
            lane.waiters.removeFirst()
            lane.holders += 1
            released.append(next)
        }
        state.lanes[key] = lane.holders == 0 && lane.waiters.isEmpty ? nil : lane
        return released
    }

    /// How many guesses hold a pass, so that a holder can see whether there are too many.
    func holders(_ key: Key) -> Int { state.withLock { $0.lanes[key]?.holders ?? 0 } }
}
