public import Model
import NIOPosix
import Synchronization

/// Threads for work that blocks or computes for long, away from event loops and the cooperative pool.
///
/// At most `backlog` pieces of work are waiting or running at once; more are refused with 503, so that a flood of
/// logins costs a bounded amount of memory and time.
public final class BlockingPool: Sendable {
    private let pool: NIOThreadPool
    private let backlog: Int
    private let accepted = Mutex(0)

    public init(threads: Int, backlog: Int) {
        pool = NIOThreadPool(numberOfThreads: max(1, threads))
        self.backlog = max(1, backlog)
        pool.start()
    }

    deinit {
        pool.shutdownGracefully { _ in }
    }

    /// Runs `work` on one of the threads. Throws 503 when too much is waiting already.
    public func run<Value: Sendable>(_ work: @escaping @Sendable () -> Value) async throws(Fault) -> Value {
        let isAdmitted = accepted.withLock { count in
            guard count < backlog else { return false }
            count += 1
            return true
        }
        guard isAdmitted else {
            throw Fault(
                .unavailable, "Too many sign-ins are waiting; try again in a moment.",
                context: "\(backlog) pieces of blocking work are waiting", headers: [.init("Retry-After", "1")])
        }
        defer { accepted.withLock { $0 -= 1 } }
        do {
            return try await pool.runIfActive(work)
        } catch {
            throw .unavailable("The service is shutting down.", context: "\(error)")
        }
    }
}
