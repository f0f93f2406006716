import Model
import Store

/// The journal under lease: who may move a workflow, and every move.
///
/// A lease is a row's `owner` and `lease_until`; `fence` grows with each taking, and each move names the fence it
/// holds. So a process that was thought dead and comes back changes nothing.
struct LeaseBook: Sendable {
    let owner: String
    let length: Duration

    /// Takes up to `limit` due workflows of the definitions this program knows.
    func take(
        _ definitions: [String], limit: Int, at now: Timestamp, in transaction: any Transaction
    ) throws -> [JournalEntry] {
        var entries = try transaction.all(
            """
            SELECT \(JournalEntry.columns) FROM workflows
            WHERE state IN ('running', 'undoing') AND due_at <= \(now) AND lease_until <= \(now)
                AND definition IN \(list: definitions)
            ORDER BY due_at LIMIT \(limit)
            """
        ) { row in try JournalEntry(row) }
        if entries.isEmpty { return [] }
        let ids = entries.map(\.id)
        let taken = try transaction.execute(
            """
            UPDATE workflows SET owner = \(owner), lease_until = \(now + length), fence = fence + 1
            WHERE id IN \(list: ids) AND lease_until <= \(now)
            """)
        guard taken == entries.count else { throw LeaseLost() }
        for index in entries.indices { entries[index].fence += 1 }
        let signals = try signals(of: ids, in: transaction)
        for index in entries.indices { entries[index].signals = signals[entries[index].id] ?? [:] }
        return entries
    }

    /// Whether `take` would find something; spares the writer when it would not.
    func hasDue(_ definitions: [String], at now: Timestamp, in transaction: any Transaction) throws -> Bool {
        try transaction.exists(
            """
            SELECT 1 FROM workflows
            WHERE state IN ('running', 'undoing') AND due_at <= \(now) AND lease_until <= \(now)
                AND definition IN \(list: definitions)
            LIMIT 1
            """)
    }

    /// Proves the lease and makes it last; throws `LeaseLost` when another holds it. Reads the signals anew.
    func renew(_ entry: inout JournalEntry, at now: Timestamp, in transaction: any Transaction) throws {
        let kept = try transaction.execute(
            """
            UPDATE workflows SET lease_until = \(now + length)
            WHERE id = \(entry.id) AND fence = \(entry.fence) AND owner = \(owner)
            """)
        guard kept == 1 else { throw LeaseLost() }
        entry.wakes =
            try transaction.first("SELECT wakes FROM workflows WHERE id = \(entry.id)") { row in try row[0] }
            ?? entry.wakes
        entry.signals = try signals(of: [entry.id], in: transaction)[entry.id] ?? [:]
    }

    /// Writes down that the step at `from` ended and where the workflow stands now. Ends the lease with the workflow.
    func move(
        _ entry: JournalEntry, step: String, from: Int, as verb: StepRecord, note: String?, at now: Timestamp,
        in transaction: any Transaction
    ) throws {
        try transaction.execute(
            """
            INSERT INTO workflow_steps (workflow, position, name, state, attempts, note, ended_at)
            VALUES (\(entry.id), \(from), \(step), \(verb.rawValue), \(entry.attempts + 1), \(note), \(now))
            ON CONFLICT (workflow, position) DO UPDATE SET
                state = excluded.state, attempts = excluded.attempts, note = excluded.note,
                ended_at = excluded.ended_at
            """)
        try stand(entry, attempts: 0, at: now, in: transaction)
    }

    /// Writes down where the workflow stands.
    func stand(_ entry: JournalEntry, attempts: Int, at now: Timestamp, in transaction: any Transaction) throws {
        let progress = entry.progress
        let lease = progress.isOpen ? now + length : Timestamp(microseconds: 0)
        let kept = try transaction.execute(
            """
            UPDATE workflows SET state = \(progress.state.rawValue), position = \(progress.position),
                failure = \(progress.failure), attempts = \(attempts), due_at = \(now), lease_until = \(lease),
                updated_at = \(now)
            WHERE id = \(entry.id) AND fence = \(entry.fence) AND owner = \(owner)
            """)
        guard kept == 1 else { throw LeaseLost() }
    }

    /// Lets go of a workflow until `until`, or until the deadline where that is earlier, or at once when a signal came
    /// since the step looked.
    func sleep(
        _ entry: JournalEntry, until: Timestamp?, attempts: Int, at now: Timestamp, in transaction: any Transaction
    ) throws {
        let never = Timestamp(microseconds: Int64.max)
        var due = until ?? never
        if entry.progress.state == .running, let deadline = entry.deadline { due = min(due, deadline) }
        let kept = try transaction.execute(
            """
            UPDATE workflows SET attempts = \(attempts), owner = NULL, lease_until = 0,
                due_at = CASE WHEN wakes = \(entry.wakes) THEN \(due) ELSE \(now) END, updated_at = \(now)
            WHERE id = \(entry.id) AND fence = \(entry.fence) AND owner = \(owner)
            """)
        guard kept == 1 else { throw LeaseLost() }
    }

    /// Forgets workflows that ended before `moment`.
    func prune(endedBefore moment: Timestamp, in transaction: any Transaction) throws {
        let ended: SQL =
            "SELECT id FROM workflows WHERE state IN ('done', 'undone') AND updated_at < \(moment)"
        try transaction.execute("DELETE FROM workflow_steps WHERE workflow IN (\(ended))")
        try transaction.execute("DELETE FROM workflow_signals WHERE workflow IN (\(ended))")
        try transaction.execute(
            "DELETE FROM workflows WHERE state IN ('done', 'undone') AND updated_at < \(moment)")
    }

    private func signals(
        of ids: [WorkflowID], in transaction: any Transaction
    ) throws -> [WorkflowID: [String: String]] {
        var signals: [WorkflowID: [String: String]] = [:]
        try transaction.forEach(
            "SELECT workflow, name, payload FROM workflow_signals WHERE workflow IN \(list: ids)"
        ) { row in
            let id: WorkflowID = try row[0]
            let name: String = try row[1]
            signals[id, default: [:]][name] = try row[2]
        }
        return signals
    }
}

/// What the journal keeps of a step.
enum StepRecord: String, Sendable {
    case done
    case failed
    case undone
}

/// Another process holds the workflow now; this one must leave it alone.
struct LeaseLost: Error {}
