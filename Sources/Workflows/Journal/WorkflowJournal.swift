import FoundationEssentials
public import Model
public import Store

/// Starts and signals workflows in the caller's transaction, so that a workflow exists exactly when the data does that
/// wants it. Needs no engine: any replica's engine takes up what any replica wrote.
public struct WorkflowJournal: Sendable {
    private let hint: @Sendable () -> Void

    init(hint: @escaping @Sendable () -> Void) {
        self.hint = hint
    }

    /// A journal without an engine beside it.
    public static let detached = WorkflowJournal(hint: {})

    /// Writes the workflow down; it begins soon after the transaction's commit.
    public func start(
        _ definition: WorkflowDefinition, id: WorkflowID, subject: String? = nil, input: some Encodable,
        deadline: Timestamp? = nil, at now: Timestamp, in transaction: any Transaction
    ) throws {
        let text = String(decoding: try JSONEncoder().encode(input), as: UTF8.self)
        let deadline = deadline ?? definition.deadline.map { now + $0 }
        try transaction.execute(
            """
            INSERT INTO workflows (id, definition, subject, input, state, position, attempts, wakes, due_at,
                deadline_at, lease_until, fence, created_at, updated_at)
            VALUES (\(id), \(definition.name), \(subject), \(text), 'running', 0, 0, 0, \(now),
                \(deadline), 0, 0, \(now), \(now))
            """)
        hint()
    }

    /// Tells a workflow that something happened outside, and wakes it. The first signal of a name stays; an ended
    /// workflow ignores it.
    public func signal(
        _ id: WorkflowID, _ name: String, payload: String = "", at now: Timestamp, in transaction: any Transaction
    ) throws {
        let woken = try transaction.execute(
            """
            UPDATE workflows SET wakes = wakes + 1, due_at = \(now)
            WHERE id = \(id) AND state IN ('running', 'undoing')
            """)
        guard woken == 1 else { return }
        try transaction.execute(
            """
            INSERT INTO workflow_signals (workflow, name, payload, arrived_at)
            VALUES (\(id), \(name), \(payload), \(now)) ON CONFLICT (workflow, name) DO NOTHING
            """)
        hint()
    }

    /// Wakes every open workflow about `subject`; each looks anew at what it waits for.
    public func wake(subject: String, at now: Timestamp, in transaction: any Transaction) throws {
        try transaction.execute(
            """
            UPDATE workflows SET wakes = wakes + 1, due_at = \(now)
            WHERE subject = \(subject) AND state IN ('running', 'undoing')
            """)
        hint()
    }
}
