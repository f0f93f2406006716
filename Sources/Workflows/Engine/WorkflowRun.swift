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
                guard !Task.isCancelled else {
                    try await pause(entry, until: time.now(), attempts: entry.attempts)
                    return
                }
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
        let now = time.now()
        if entry.progress.state == .running, let deadline = entry.deadline, deadline <= now {
            return try await turn(entry, at: now)
        }
        guard definition.steps.indices.contains(entry.progress.position) else {
            return try await end(entry, at: now)
        }
        let step = definition.steps[entry.progress.position]
        guard let action = entry.progress.state == .running ? step.act : step.undo else {
            return try await commit(entry, step: step, verdict: .done, at: now)
        }
        let label = definition.label(of: step, isUndoing: entry.progress.state == .undoing)
        return try await WorkflowStep.$running.withValue(label) {
            try await run(action, of: step, entry, at: now)
        }
    }

    private func run(
        _ action: WorkflowStep.Action, of step: WorkflowStep, _ entry: JournalEntry, at now: Timestamp
    ) async throws -> JournalEntry? {
        switch action {
        case .transaction(let body):
            do {
                return try await store.write { [self] transaction in
                    var entry = entry
                    try book.renew(&entry, at: now, in: transaction)
                    let verdict = try body(entry.context(at: now), transaction)
                    if case .failed = verdict { throw FinalFailure(verdict: verdict) }
                    return try record(entry, step: step, verdict: verdict, at: now, in: transaction)
                }
            } catch let failure as FinalFailure {
                // What the step wrote before it gave up is rolled back; that it failed is written alone.
                return try await commit(entry, step: step, verdict: failure.verdict, at: now)
            } catch let error where !(error is LeaseLost) {
                return try await retry(entry, step: step, after: error)
            }
        case .effect(let body):
            let held = try await renewed(entry)
            let outcome = await underLease(held) { try await body(held.context(at: now)) }
            switch outcome {
            case .success(let verdict): return try await commit(held, step: step, verdict: verdict, at: time.now())
            case .failure(let error as LeaseLost): throw error
            case .failure where Task.isCancelled:
                try await pause(held, until: time.now(), attempts: held.attempts)
                return nil
            case .failure(let error): return try await retry(held, step: step, after: error)
            }
        }
    }

    /// Runs an effect while another task keeps the lease; cancels it when the lease is lost.
    private func underLease(
        _ entry: JournalEntry, _ effect: @escaping @Sendable () async throws -> StepVerdict
    ) async -> Result<StepVerdict, any Error> {
        await withTaskGroup(of: Result<StepVerdict, any Error>.self) { group in
            group.addTask {
                do { return .success(try await effect()) } catch { return .failure(error) }
            }
            group.addTask {
                do {
                    while true {
                        try await Task.sleep(for: pace.lease / 3)
                        _ = try await renewed(entry)
                    }
                } catch { return .failure(error) }
            }
            let first = await group.next() ?? .failure(CancellationError())
            group.cancelAll()
            return first
        }
    }

    private func renewed(_ entry: JournalEntry) async throws -> JournalEntry {
        let now = time.now()
        return try await store.write { [book] transaction in
            var entry = entry
            try book.renew(&entry, at: now, in: transaction)
            return entry
        }
    }

    private func commit(
        _ entry: JournalEntry, step: WorkflowStep, verdict: StepVerdict, at now: Timestamp
    ) async throws -> JournalEntry? {
        try await store.write { [self] transaction in
            try record(entry, step: step, verdict: verdict, at: now, in: transaction)
        }
    }

    private func record(
        _ entry: JournalEntry, step: WorkflowStep, verdict: StepVerdict, at now: Timestamp,
        in transaction: any Transaction
    ) throws -> JournalEntry? {
        var next = entry
        let isUndoing = entry.progress.state == .undoing
        let from = entry.progress.position
        switch verdict {
        case .done:
            next.progress.apply(.stepDone, steps: definition.steps.count)
            next.attempts = 0
            try book.move(
                next, step: step.name, from: from, as: isUndoing ? .undone : .done, note: nil, at: now,
                in: transaction)
            return next
        case .failed(let reason) where !isUndoing:
            next.progress.apply(.stepFailed(reason), steps: definition.steps.count)
            next.attempts = 0
            try book.move(
                next, step: step.name, from: from, as: .failed, note: reason, at: now, in: transaction)
            return next
        case .failed:
            // Undoing may not give up: it would leave what it should remove.
            try book.sleep(
                entry, until: now + delay(entry.attempts), attempts: entry.attempts + 1, at: now, in: transaction)
            return nil
        case .wait(let until):
            try book.sleep(entry, until: until, attempts: entry.attempts, at: now, in: transaction)
            return nil
        }
    }

    private func retry(
        _ entry: JournalEntry, step: WorkflowStep, after error: any Error
    ) async throws -> JournalEntry? {
        logger.warning("a step of a workflow is tried again", metadata: metadata(entry, "\(step.name): \(error)"))
        let now = time.now()
        try await pause(entry, until: now + delay(entry.attempts), attempts: entry.attempts + 1)
        return nil
    }

    private func pause(_ entry: JournalEntry, until: Timestamp, attempts: Int) async throws {
        let now = time.now()
        try await store.write { [book] transaction in
            try book.sleep(entry, until: until, attempts: attempts, at: now, in: transaction)
        }
    }

    private func turn(_ entry: JournalEntry, at now: Timestamp) async throws -> JournalEntry {
        var next = entry
        next.progress.apply(.deadlinePassed, steps: definition.steps.count)
        next.attempts = 0
        return try await stand(next, at: now)
    }

    private func end(_ entry: JournalEntry, at now: Timestamp) async throws -> JournalEntry {
        var next = entry
        next.progress.state = entry.progress.state == .running ? .done : .undone
        return try await stand(next, at: now)
    }

    private func stand(_ entry: JournalEntry, at now: Timestamp) async throws -> JournalEntry {
        try await store.write { [book] transaction in
            try book.stand(entry, attempts: 0, at: now, in: transaction)
        }
        return entry
    }

    private func delay(_ attempts: Int) -> Duration {
        ExponentialDelay(first: pace.retry, longest: pace.longestRetry).doubled(attempts)
    }

    private func metadata(_ entry: JournalEntry, _ error: String? = nil) -> Logger.Metadata {
        var metadata: Logger.Metadata = ["workflow": "\(entry.id)", "definition": "\(entry.definition)"]
        if let error { metadata["error"] = "\(error)" }
        return metadata
    }
}

/// Carries a step's final verdict out of a transaction that must roll back.
private struct FinalFailure: Error {
    let verdict: StepVerdict
}
