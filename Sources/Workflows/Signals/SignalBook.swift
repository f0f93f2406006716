import Model
import Store

/// Signals that were not taken yet.
///
/// They lie in two tables. `workflow_signals` is what the release before this one reads: the first signal of a name to a workflow that
/// is open. A replica of that release may hold the workflow, so such a signal still goes there. All others are in `workflow_inbox`: further
/// ones of the name, those to a workflow that is not there yet, and those to a subject.
enum SignalBook {
    /// Puts a signal to a workflow that is open.
    static func put(
        _ name: String, _ text: String, toOpen id: WorkflowID, at now: Timestamp, in transaction: any Transaction
    ) throws {
        let hasMore = try transaction.exists(
            "SELECT 1 FROM workflow_inbox WHERE workflow = \(id) AND name = \(name) LIMIT 1")
        if !hasMore {
            let isFirst = try transaction.execute(
                """
                INSERT INTO workflow_signals (workflow, name, payload, arrived_at)
                VALUES (\(id), \(name), \(text), \(now)) ON CONFLICT (workflow, name) DO NOTHING
                """)
            if isFirst == 1 { return }
        }
        try put(name, text, to: .workflow(id), at: now, in: transaction)
    }

    /// Puts a signal that waits for its workflow.
    static func put(
        _ name: String, _ text: String, to address: WorkflowAddress, at now: Timestamp,
        in transaction: any Transaction
    ) throws {
        var workflow: WorkflowID?
        var lock: (subject: String, name: String)?
        switch address {
        case .workflow(let id): workflow = id
        case .subject(let subject, let lockClass): lock = (subject, lockClass.name)
        }
        try transaction.execute(
            """
            INSERT INTO workflow_inbox (workflow, subject, lock_class, name, payload, arrived_at)
            VALUES (\(workflow), \(lock?.subject), \(lock?.name), \(name), \(text), \(now))
            """)
    }

    /// Takes the oldest signal of a name.
    static func take(_ name: String, of entry: JournalEntry, in transaction: any Transaction) throws -> String? {
        let first: String? = try transaction.first(
            "SELECT payload FROM workflow_signals WHERE workflow = \(entry.id) AND name = \(name)"
        ) { row in try row[0] }
        if let first {
            try transaction.execute(
                "DELETE FROM workflow_signals WHERE workflow = \(entry.id) AND name = \(name)")
            return first
        }
        var mine: SQL = "workflow = \(entry.id)"
        if let lock = entry.lock, let subject = entry.subject {
            mine += " OR (lock_class = \(lock) AND subject = \(subject))"
        }
        let next: (number: Int64, payload: String)? = try transaction.first(
            "SELECT number, payload FROM workflow_inbox WHERE name = \(name) AND (\(mine)) ORDER BY number LIMIT 1"
        ) { row in (try row[0], try row[1]) }
        guard let next else { return nil }
        try transaction.execute("DELETE FROM workflow_inbox WHERE number = \(next.number)")
        return next.payload
    }

    /// Forgets what nobody took of a workflow that ends: the next one about its subject must not take it.
    static func sweep(_ entry: JournalEntry, in transaction: any Transaction) throws {
        guard let lock = entry.lock, let subject = entry.subject else { return }
        try transaction.execute(
            "DELETE FROM workflow_inbox WHERE lock_class = \(lock) AND subject = \(subject)")
    }

    /// Forgets what came before `moment` and has no open workflow.
    static func sweep(before moment: Timestamp, in transaction: any Transaction) throws {
        try transaction.execute(
            """
            DELETE FROM workflow_inbox WHERE arrived_at < \(moment) AND NOT EXISTS (
                SELECT 1 FROM workflows w WHERE w.state IN ('running', 'undoing') AND (w.id = workflow_inbox.workflow
                    OR (w.lock_class = workflow_inbox.lock_class AND w.subject = workflow_inbox.subject)))
            """)
    }
}
