import Synchronization

/// One write that waits for its commit.
struct PendingWrite: Sendable {
    /// How a body ended: whether its changes stay, and whom to tell once the commit is through.
    struct Verdict {
        let keeps: Bool
        let acknowledge: (Result<Void, any Error>) -> Void
    }

    let run: @Sendable (SQLiteTransaction) -> Verdict
    /// Called instead of `run` when the batch never got that far.
    let abandoned: @Sendable (any Error) -> Void
}

/// Writes in the order they came. Whoever finds it idle starts the writer.
final class WriteQueue: Sendable {
    private struct State {
        var waiting: [PendingWrite] = []
        var isDraining = false
    }

    /// Bounds how long the first of a batch waits for the last.
    private let batchLimit: Int
    private let state = Mutex(State())

    init(batchLimit: Int) {
        self.batchLimit = batchLimit
    }

    /// True when nobody drains the queue yet and the caller must see to it.
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

    /// After many batches in a row: true when more waits and the writer is to be asked again.
    func yield() -> Bool {
        state.withLock { state in
            if state.waiting.isEmpty { state.isDraining = false }
            return state.isDraining
        }
    }
}
