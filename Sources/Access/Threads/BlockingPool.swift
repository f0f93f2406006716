import Model
import NIOPosix
import Synchronization

/// Threads for work that blocks or computes for long, away from event loops and the cooperative pool.
///
/// Sources take turns. At most `backlog` pieces of work wait or run at once, and at most `mostOfSource` of one source
/// wait; further work is refused with 503. So a flood of sign-ins uses a bounded amount of memory and time, and delays
/// mainly its own source. Work whose task is cancelled while it waits, as when its client disconnects, is never
/// started; work that has started is completed.
final class BlockingPool: Sendable {
    private let pool: NIOThreadPool
    private let backlog: Int
    private let state: Mutex<State>

    private struct State {
        var queue: FairQueue<WorkSource>
        var nextTicket: UInt64 = 0
        /// Resumed with the decision about each waiter.
        var waiters: [UInt64: CheckedContinuation<Turn, Never>] = [:]
    }

    private enum Turn {
        case runs, refused, cancelled
    }

    public init(threads: Int, backlog: Int, mostOfSource: Int = 32) {
        let threads = max(1, threads)
        pool = NIOThreadPool(numberOfThreads: threads)
        self.backlog = max(1, backlog)
        state = Mutex(
            State(queue: FairQueue(places: threads, most: self.backlog, mostOfSource: max(1, mostOfSource))))
        pool.start()
    }

    deinit {
        pool.shutdownGracefully { _ in }
    }

    /// How many pieces of work wait.
    var waiting: Int { state.withLock { $0.queue.count } }

    /// Runs `work` on one of the threads. Throws 503 if too much work waits already, or if the task is cancelled before
    /// the start.
    public func run<Value: Sendable>(
        for source: WorkSource = .own, _ work: @escaping @Sendable () -> Value
    ) async throws(Fault) -> Value {
        switch await turn(of: source) {
        case .runs: break
        case .refused:
            throw Fault(
                .unavailable, "Too many sign-ins are waiting; try again in a moment.",
                context: "blocking work of \(source)", headers: [.init("Retry-After", "1")])
        case .cancelled:
            throw .unavailable("The request was cancelled because the client disconnected or the server is stopping.")
        }
        defer { passOn() }
        let value: Value? = await withCheckedContinuation { continuation in
            pool.submit { state in continuation.resume(returning: state == .active ? work() : nil) }
        }
        guard let value else { throw .unavailable("The service is shutting down.") }
        return value
    }

    private func turn(of source: WorkSource) async -> Turn {
        if Task.isCancelled { return .cancelled }
        let ticket = state.withLock { state in
            state.nextTicket += 1
            return state.nextTicket
        }
        return await withTaskCancellationHandler {
            await withCheckedContinuation { (waiter: CheckedContinuation<Turn, Never>) in
                let (own, evicted) = state.withLock { state in enter(ticket, source, waiter, &state) }
                if let own { waiter.resume(returning: own) }
                evicted?.resume(returning: .refused)
            }
        } onCancel: {
            let waiter = state.withLock { state in
                state.queue.withdraw(ticket, of: source) ? state.waiters.removeValue(forKey: ticket) : nil
            }
            waiter?.resume(returning: .cancelled)
        }
    }

    /// The immediate decisions, and the work that must give way.
    private func enter(
        _ ticket: UInt64, _ source: WorkSource, _ waiter: CheckedContinuation<Turn, Never>, _ state: inout State
    ) -> (Turn?, CheckedContinuation<Turn, Never>?) {
        // Cancelled before it stood in the queue: nobody would take it out.
        if Task.isCancelled { return (.cancelled, nil) }
        switch state.queue.enter(ticket, from: source) {
        case .runs: return (.runs, nil)
        case .refused: return (.refused, nil)
        case .waits:
            state.waiters[ticket] = waiter
            return (nil, nil)
        case .waitsInPlace(let other):
            state.waiters[ticket] = waiter
            return (nil, state.waiters.removeValue(forKey: other))
        }
    }

    private func passOn() {
        let next = state.withLock { state in state.queue.leave().flatMap { state.waiters.removeValue(forKey: $0) } }
        next?.resume(returning: .runs)
    }
}
