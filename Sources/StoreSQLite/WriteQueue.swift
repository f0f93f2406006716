import Synchronization

/// One write that waits for its commit.
struct PendingWrite: Sendable {
    /// The outcome of a body: whether its changes stay, and the callback after the commit.
    struct Verdict {
        let keeps: Bool
        let acknowledge: (Result<Void, any Error>) -> Void
    }

    let run: @Sendable (SQLiteTransaction) -> Verdict
    /// Called instead of `run` if the batch did not get that far.
    let abandoned: @Sendable (any Error) -> Void
}

/// Writes in the order of arrival. The caller that finds the queue idle starts the writer.
final class WriteQueue: Sendable {
    private struct State {
        var waiting: [PendingWrite] = []
        var isDraining = false
    }

    /// Maximum size of a batch, which bounds how long its first write waits for its last.
    private let batchLimit: Int
    private let state = Mutex(State())

    init(batchLimit: Int) {
        self.batchLimit = batchLimit
    }

    /// Returns true if nobody drains the queue yet; then the caller must do so.
    func append(_ write: PendingWrite) -> Bool {
        state.withLock { state in
            state.waiting.append(write)
            if state.isDraining { return false }
            state.isDraining = true
            return true
        }
    }

    /// The next batch; an empty one ends the draining.
    func take() -> [PendingWrite] {
        state.withLock { state in
            if state.waiting.isEmpty {
                state.isDraining = false
                return []
            }
            let batch = Array(state.waiting.prefix(batchLimit))
            state.waiting.removeFirst(batch.count)
            return batch
        }
    }

    /// After many batches in a row, returns true if more writes wait and the writer must be started again.
    func yield() -> Bool {
        state.withLock { state in
            if state.waiting.isEmpty { state.isDraining = false }
            return state.isDraining
        }
    }
}
