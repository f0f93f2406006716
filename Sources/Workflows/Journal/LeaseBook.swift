import Model
import Store

/// The journal under lease: who may move a workflow, and every move.
///
/// A lease is a row's `owner` and `lease_until`; `fence` grows with each taking, and each move names the fence it
/// holds. So a process that was thought dead and comes back changes nothing.
struct LeaseBook: Sendable {
    let owner: String
    let length: Duration

    /// Definitions that share slots, and how many of these are free.
    struct Wanted: Sendable {
        let definitions: [String]
        let limit: Int
    }

    /// Takes due workflows of the definitions this program knows, as many of each service as it has free slots.
    func take(_ wanted: [Wanted], at now: Timestamp, in transaction: any Transaction) throws -> [JournalEntry] {
        var entries: [JournalEntry] = []
        for wish in wanted {
            entries += try transaction.all(
                """
                SELECT \(JournalEntry.columns) FROM workflows WHERE \(Self.isDue(wish.definitions, at: now))
                ORDER BY due_at LIMIT \(wish.limit)
                """
            ) { row in try JournalEntry(row) }
        }
        if entries.isEmpty { return [] }
        let ids = entries.map(\.id)
        let taken = try transaction.execute(
            """
            UPDATE workflows SET owner = \(owner), lease_until = \(now + length), fence = fence + 1,
                step_began_at = COALESCE(step_began_at, \(now)), step_window_at = COALESCE(step_window_at, \(now))
            WHERE id IN \(list: ids) AND lease_until <= \(now)
            """)
        guard taken == entries.count else { throw LeaseLost() }
        let outputs = try outputs(of: entries, in: transaction)
        for index in entries.indices {
            entries[index].fence += 1
            entries[index].began = entries[index].began ?? now
            entries[index].window = entries[index].window ?? now
            entries[index].outputs = outputs[entries[index].id] ?? [:]
        }
        return entries
    }

    /// Whether `take` would find something; spares the writer when it would not.
    func hasDue(_ wanted: [Wanted], at now: Timestamp, in transaction: any Transaction) throws -> Bool {
        let definitions = wanted.flatMap(\.definitions)
        return try transaction.exists(
            "SELECT 1 FROM workflows WHERE \(Self.isDue(definitions, at: now)) LIMIT 1")
    }

    /// Proves the lease and makes it last; throws `LeaseLost` when another holds it. Reads anew what others may write.
    func renew(_ entry: inout JournalEntry, at now: Timestamp, in transaction: any Transaction) throws {
        let kept = try transaction.execute(
            """
            UPDATE workflows SET lease_until = \(now + length)
            WHERE id = \(entry.id) AND fence = \(entry.fence) AND owner = \(owner)
            """)
        guard kept == 1 else { throw LeaseLost() }
        let news: (wakes: Int, cancellation: String?)? = try transaction.first(
            "SELECT wakes, cancel_reason FROM workflows WHERE id = \(entry.id)"
        ) { row in (try row[0], try row[1]) }
        guard let news else { throw LeaseLost() }
        entry.wakes = news.wakes
        entry.cancellation = news.cancellation
    }

    /// Why the workflow is to turn back, where somebody wished it.
    func cancellation(of entry: JournalEntry, in transaction: any Transaction) throws -> String? {
        let reason: String?? = try transaction.first("SELECT cancel_reason FROM workflows WHERE id = \(entry.id)") {
            row in try row[0] as String?
        }
        return reason ?? nil
    }

    private static func isDue(_ definitions: [String], at now: Timestamp) -> SQL {
        """
        state IN ('running', 'undoing') AND due_at <= \(now) AND lease_until <= \(now)
            AND definition IN \(list: definitions)
        """
    }

    /// What steps left, for those workflows that are past their first one.
    private func outputs(
        of entries: [JournalEntry], in transaction: any Transaction
    ) throws -> [WorkflowID: [String: String]] {
        let ids = entries.filter { $0.progress.position > 0 || $0.progress.state == .undoing }.map(\.id)
        if ids.isEmpty { return [:] }
        var outputs: [WorkflowID: [String: String]] = [:]
        try transaction.forEach(
            "SELECT workflow, name, output FROM workflow_steps WHERE workflow IN \(list: ids) AND output IS NOT NULL"
        ) { row in
            let id: WorkflowID = try row[0]
            let name: String = try row[1]
            outputs[id, default: [:]][name] = try row[2]
        }
        return outputs
    }
}
