import Logging
import Model
import Store

/// One workflow under lease, step by step.
struct WorkflowRun: Sendable {
    let definition: WorkflowDefinition
    let store: any StateStore
    let book: LeaseBook
    let time: TimeSource
    let pace: WorkflowEngine.Pace
    let logger: Logger

    /// Goes on until the workflow ends, waits, or must be left to another.
    func proceed(_ entry: JournalEntry) async {
        var entry = entry
        do {
            while entry.progress.isOpen {
                guard let next = try await advance(entry) else { return }
                entry = next
            }
        } catch is LeaseLost {
            logger.notice("another process took the workflow over", metadata: metadata(entry))
        } catch {
            // The lease runs out and the workflow resumes, here or elsewhere.
            logger.warning("the workflow's progress cannot be written", metadata: metadata(entry, "\(error)"))
        }
    }

    /// One step, or the turn from going forward to undoing. Nil when the workflow waits.
    private func advance(_ entry: JournalEntry) async throws -> JournalEntry? {
        var entry = entry
        let now = time.now()
        guard definition.steps.indices.contains(entry.progress.position) else {
            return try await end(entry, at: now)
        }
        let step = definition.steps[entry.progress.position]
        if Task.isCancelled {
            try await pause(entry, in: step, until: now)
            return nil
        }
        if let event = turn(of: entry, in: step, at: now) {
            return try await write { [self, entry] transaction in
                try turned(entry, in: step, by: event, at: now, in: transaction)
            }
        }
        if let due = deadline(of: entry, in: step), due <= now {
            // It does not turn back any more: the step is tried again, with its whole time.
            entry.attempts += 1
            entry.trouble = Self.late(step)
            entry.window = now
        }
        guard let action = entry.progress.state == .running ? step.act : step.undo else {
            return try await commit(entry, in: step, .done(output: nil), at: now)
        }
        let label = definition.label(of: step, isUndoing: entry.progress.state == .undoing)
        return try await RunningStep.$label.withValue(label) { [entry] in
            switch action {
            case .transaction(let body): try await run(body, in: step, entry, at: now)
            case .effect(let body): try await reach(body, in: step, entry, at: now)
            }
        }
    }

    private func run(
        _ body: @escaping @Sendable (JournalEntry, Timestamp, any Transaction) throws -> StepEnd,
        in step: StepBody, _ entry: JournalEntry, at now: Timestamp
    ) async throws -> JournalEntry? {
        do {
            return try await write { [self] transaction in
                var entry = entry
                try book.renew(&entry, at: now, in: transaction)
                if let event = turn(of: entry, in: step, at: now) {
                    return try turned(entry, in: step, by: event, at: now, in: transaction)
                }
                let end = try body(entry, now, transaction)
                if case .failed = end { throw FinalFailure(end: end) }
                return try record(entry, in: step, end, at: now, in: transaction)
            }
        } catch let failure as FinalFailure {
            // What the step wrote before it gave up is rolled back; that it failed is written alone.
            return try await commit(entry, in: step, failure.end, at: now)
        } catch let error where !(error is LeaseLost) {
            return try await retry(entry, in: step, after: error)
        }
    }

    private func reach(
        _ body: @escaping @Sendable (JournalEntry, Timestamp) async throws -> StepEnd,
        in step: StepBody, _ entry: JournalEntry, at now: Timestamp
    ) async throws -> JournalEntry? {
        let held = try await renewed(entry)
        if turn(of: held, in: step, at: now) != nil { return held }
        let watch = EffectWatch(time: time, interval: pace.lease / 3) { [self] in
            let now = try await renewed(held)
            return now.progress.canTurn(definition.shape) ? now.cancellation : nil
        }
        let rest = deadline(of: held, in: step)?.since(now)
        let outcome = await watch.run(for: rest) { try await body(held, now) }
        switch outcome {
        case .ended(let end): return try await commit(held, in: step, end, at: time.now())
        case .failed(let error as LeaseLost): throw error
        case .failed where Task.isCancelled:
            try await pause(held, in: step, until: time.now())
            return nil
        case .failed(let error): return try await retry(held, in: step, after: error)
        case .late: return try await commit(held, in: step, .failed(Self.late(step)), at: time.now())
        case .cancelled(let reason):
            return try await write { [self, now = time.now()] transaction in
                try turned(held, in: step, by: .cancelled(reason), at: now, in: transaction)
            }
        }
    }

    /// Carries a write out even where the engine is told to stop: what was done is written down, and the lease is let go. A
    /// write of a cancelled task would be given up.
    private func write<Value: Sendable>(
        _ body: @escaping @Sendable (any Transaction) throws -> Value
    ) async throws -> Value {
        try await Task { [store] in try await store.write(body) }.value
    }

    private func renewed(_ entry: JournalEntry) async throws -> JournalEntry {
        let now = time.now()
        return try await write { [book] transaction in
            var entry = entry
            try book.renew(&entry, at: now, in: transaction)
            return entry
        }
    }

    private func commit(
        _ entry: JournalEntry, in step: StepBody, _ end: StepEnd, at now: Timestamp
    ) async throws -> JournalEntry? {
        try await write { [self] transaction in
            try record(entry, in: step, end, at: now, in: transaction)
        }
    }

    private func retry(
        _ entry: JournalEntry, in step: StepBody, after error: any Error
    ) async throws -> JournalEntry? {
        logger.warning("a step of a workflow is tried again", metadata: metadata(entry, "\(step.name): \(error)"))
        var entry = entry
        // Whoever reads the history may not see more of an error than a client.
        entry.trouble = (error as? Fault)?.message ?? "The step ran into trouble; the log says which."
        let now = time.now()
        return try await write { [self, entry] transaction in
            try again(entry, in: step, at: now, in: transaction)
            return nil
        }
    }

    private func pause(_ entry: JournalEntry, in step: StepBody, until moment: Timestamp) async throws {
        let now = time.now()
        try await write { [book] transaction in
            try book.sleep(entry, in: step.name, until: moment, at: now, in: transaction)
        }
    }

    /// A definition without that many steps, which only an empty one is.
    private func end(_ entry: JournalEntry, at now: Timestamp) async throws -> JournalEntry {
        var next = entry
        next.progress.state = entry.progress.state == .running ? .done : .undone
        return try await write { [book, next] transaction in
            try book.stand(next, at: nil, at: now, in: transaction)
            return next
        }
    }

    static func late(_ step: StepBody) -> String { "the step '\(step.name)' did not end in time" }

    func delay(_ attempts: Int) -> Duration {
        ExponentialDelay(first: pace.retry, longest: pace.longestRetry).doubled(attempts)
    }

    private func metadata(_ entry: JournalEntry, _ error: String? = nil) -> Logger.Metadata {
        var metadata: Logger.Metadata = ["workflow": "\(entry.id)", "definition": "\(entry.definition)"]
        if let request = entry.behalf.request { metadata["request"] = "\(request)" }
        if let error { metadata["error"] = "\(error)" }
        return metadata
    }
}

/// Carries a step's final failure out of a transaction that must roll back.
private struct FinalFailure: Error {
    let end: StepEnd
}
