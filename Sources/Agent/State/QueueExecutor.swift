import Dispatch

/// Runs an actor on a queue of its own: for actors whose work blocks, away from the threads that serve everything else.
///
/// Safe: the executor is held by the job that runs on it.
public final class QueueExecutor: SerialExecutor {
    private let queue: DispatchQueue

    public init(_ label: String) {
        queue = DispatchQueue(label: label)
    }

    public func enqueue(_ job: consuming ExecutorJob) {
        let job = UnownedJob(job)
        // The queue runs one job at a time, which is all that a serial executor promises.
        queue.async { unsafe job.runSynchronously(on: self.asUnownedSerialExecutor()) }
    }
}
