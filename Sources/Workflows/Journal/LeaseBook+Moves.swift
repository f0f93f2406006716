import Model
import Store

/// What the holder of a lease writes. Each throws `LeaseLost` where the lease is another's.
extension LeaseBook {
    /// Writes down that a step ended and where the workflow stands now: at the begin of `next`.
    ///
    /// - Parameters:
    ///   - entry: as it was while the step ran, but for its progress
    ///   - next: the name of the step that has its turn now; nil at the end
    func move(
        _ entry: JournalEntry, after ending: StepEnding, to next: String?, at now: Timestamp,
        in transaction: any Transaction
    ) throws {
        let note = ending.note ?? entry.trouble
        if ending.state == .undone {
            try transaction.execute(
                """
                INSERT INTO workflow_steps (workflow, position, name, state, attempts, ended_at,
                    undo_began_at, undo_ended_at, undo_attempts, undo_note)
                VALUES (\(entry.id), \(ending.position), \(ending.step), 'undone', 0, \(now),
                    \(entry.began), \(now), \(ending.attempts), \(note))
                ON CONFLICT (workflow, position) DO UPDATE SET
                    state = excluded.state, undo_began_at = excluded.undo_began_at,
                    undo_ended_at = excluded.undo_ended_at, undo_attempts = excluded.undo_attempts,
                    undo_note = excluded.undo_note
                """)
        } else {
            try transaction.execute(
                """
                INSERT INTO workflow_steps (workflow, position, name, state, attempts, note, ended_at, began_at, output)
                VALUES (\(entry.id), \(ending.position), \(ending.step), \(ending.state.rawValue), \(ending.attempts),
                    \(note), \(now), \(entry.began), \(ending.output))
                ON CONFLICT (workflow, position) DO UPDATE SET
                    state = excluded.state, attempts = excluded.attempts, note = excluded.note,
                    ended_at = excluded.ended_at, began_at = excluded.began_at, output = excluded.output
                """)
        }
        try stand(entry, at: next, at: now, in: transaction)
    }

    /// Writes down where the workflow stands, at the begin of `step`. Ends the lease with the workflow.
    func stand(
        _ entry: JournalEntry, at step: String?, at now: Timestamp, in transaction: any Transaction
    ) throws {
        let progress = entry.progress
        let lease = progress.isOpen ? now + length : Timestamp(microseconds: 0)
        let kept = try transaction.execute(
            """
            UPDATE workflows SET state = \(progress.state.rawValue), position = \(progress.position),
                failure = \(progress.failure), pivot = \(entry.pivot), step = \(step), attempts = 0, trouble = NULL,
                step_began_at = \(now), step_window_at = \(now), due_at = \(now), lease_until = \(lease),
                updated_at = \(now)
            WHERE id = \(entry.id) AND fence = \(entry.fence) AND owner = \(owner)
            """)
        guard kept == 1 else { throw LeaseLost() }
        if !progress.isOpen { try SignalBook.sweep(entry, in: transaction) }
    }

    /// Lets go of a workflow until `due`, or at once when a signal came since the step looked. Nil: until a signal comes.
    func sleep(
        _ entry: JournalEntry, in step: String, until due: Timestamp?, at now: Timestamp,
        in transaction: any Transaction
    ) throws {
        let due = due ?? Timestamp(microseconds: Int64.max)
        let kept = try transaction.execute(
            """
            UPDATE workflows SET attempts = \(entry.attempts), trouble = \(entry.trouble), step = \(step),
                step_window_at = \(entry.window), owner = NULL, lease_until = 0,
                due_at = CASE WHEN wakes = \(entry.wakes) THEN \(due) ELSE \(now) END, updated_at = \(now)
            WHERE id = \(entry.id) AND fence = \(entry.fence) AND owner = \(owner)
            """)
        guard kept == 1 else { throw LeaseLost() }
    }

    /// Forgets workflows that ended before `moment`, and signals that wait in vain since before `signals`.
    func prune(
        endedBefore moment: Timestamp, signalsBefore signals: Timestamp, in transaction: any Transaction
    ) throws {
        let ended: SQL =
            "SELECT id FROM workflows WHERE state IN ('done', 'undone') AND updated_at < \(moment)"
        try transaction.execute("DELETE FROM workflow_steps WHERE workflow IN (\(ended))")
        try transaction.execute("DELETE FROM workflow_signals WHERE workflow IN (\(ended))")
        try transaction.execute("DELETE FROM workflow_inbox WHERE workflow IN (\(ended))")
        try transaction.execute(
            "DELETE FROM workflows WHERE state IN ('done', 'undone') AND updated_at < \(moment)")
        try SignalBook.sweep(before: signals, in: transaction)
    }
}
