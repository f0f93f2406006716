import Model
import Store

/// What becomes of a workflow when its step ends, waits, fails, or is overtaken: decided by `WorkflowProgress`, written by
/// `LeaseBook`.
extension WorkflowRun {
    /// When the step's own time is up; nil without a deadline.
    func deadline(of entry: JournalEntry, in step: StepBody) -> Timestamp? {
        guard let length = step.deadline, let window = entry.window else { return nil }
        return window + length
    }

    /// Why the workflow turns back before it goes on with `step`; nil where it goes on.
    func turn(of entry: JournalEntry, in step: StepBody, at now: Timestamp) -> WorkflowProgress.Event? {
        guard entry.progress.canTurn(definition.shape) else { return nil }
        if let reason = entry.cancellation { return .cancelled(reason) }
        if let deadline = entry.deadline, deadline <= now { return .deadlinePassed }
        if let deadline = deadline(of: entry, in: step), deadline <= now { return .stepLate(Self.late(step)) }
        return nil
    }

    /// Writes down the end of a step; answers nil when the workflow waits.
    func record(
        _ entry: JournalEntry, in step: StepBody, _ end: StepEnd, at now: Timestamp, in transaction: any Transaction
    ) throws -> JournalEntry? {
        switch end {
        case .done(let output):
            return try done(entry, in: step, output, at: now, in: transaction)
        case .failed(let reason):
            var probe = entry.progress
            if probe.apply(.stepFailed(reason), definition.shape) == .moved {
                return try turned(entry, in: step, by: .stepFailed(reason), at: now, in: transaction)
            }
            var entry = entry
            entry.trouble = reason
            try again(entry, in: step, at: now, in: transaction)
            return nil
        case .wait(let until):
            try sleep(entry, in: step, until: until, at: now, in: transaction)
            return nil
        }
    }

    private func done(
        _ entry: JournalEntry, in step: StepBody, _ output: String?, at now: Timestamp, in transaction: any Transaction
    ) throws -> JournalEntry {
        var next = entry
        let isUndoing = entry.progress.state == .undoing
        if step.isPivot, !isUndoing {
            // Of a pivot and a cancellation, one is first.
            if let reason = try book.cancellation(of: entry, in: transaction) {
                return try turned(entry, in: step, by: .cancelled(reason), at: now, in: transaction)
            }
            next.pivot = step.name
        }
        _ = next.progress.apply(.stepDone, definition.shape)
        if !isUndoing { next.outputs[step.name] = output }
        let ending = StepEnding(
            step: step.name, position: entry.progress.position, state: isUndoing ? .undone : .done,
            attempts: entry.attempts + 1, output: output)
        return try move(next, after: ending, at: now, in: transaction)
    }

    /// Turns back, beginning with `step`.
    func turned(
        _ entry: JournalEntry, in step: StepBody, by event: WorkflowProgress.Event, at now: Timestamp,
        in transaction: any Transaction
    ) throws -> JournalEntry {
        var next = entry
        _ = next.progress.apply(event, definition.shape)
        let wasTried = if case .stepFailed = event { true } else { false }
        let ending = StepEnding(
            step: step.name, position: entry.progress.position, state: .failed,
            attempts: entry.attempts + (wasTried ? 1 : 0), note: next.progress.failure)
        return try move(next, after: ending, at: now, in: transaction)
    }

    private func move(
        _ entry: JournalEntry, after ending: StepEnding, at now: Timestamp, in transaction: any Transaction
    ) throws -> JournalEntry {
        let next = entry.progress.isOpen ? definition.steps[entry.progress.position].name : nil
        try book.move(entry, after: ending, to: next, at: now, in: transaction)
        var entry = entry
        entry.enterStep(at: now)
        return entry
    }

    /// Has the step tried again, later each time; its deadline then counts anew where the workflow cannot turn back.
    func again(
        _ entry: JournalEntry, in step: StepBody, at now: Timestamp, in transaction: any Transaction
    ) throws {
        var entry = entry
        let next = now + delay(entry.attempts)
        entry.attempts += 1
        if !entry.progress.canTurn(definition.shape) { entry.window = next }
        try sleep(entry, in: step, until: next, at: now, in: transaction)
    }

    /// Lets go of the workflow until `moment`, or until a deadline where that is earlier.
    private func sleep(
        _ entry: JournalEntry, in step: StepBody, until moment: Timestamp?, at now: Timestamp,
        in transaction: any Transaction
    ) throws {
        var moments = [moment, deadline(of: entry, in: step)]
        if entry.progress.canTurn(definition.shape) { moments.append(entry.deadline) }
        try book.sleep(entry, in: step.name, until: moments.compactMap(\.self).min(), at: now, in: transaction)
    }
}
