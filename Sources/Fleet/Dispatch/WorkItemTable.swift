import Link
import Model
import Store

/// Reads and ends work items.
enum WorkItemTable {
    /// What hosts are to do, in the order it was asked for.
    struct Wanted: Sendable {
        var items: [HostName: [WorkItem]] = [:]
        /// Items that cannot be read. They are left out and hold up nothing else.
        var unreadable: [(host: HostName, item: WorkItemID)] = []
    }

    static func wanted(on hosts: [HostName], in transaction: any Transaction) throws -> Wanted {
        var wanted = Wanted()
        try transaction.forEach(
            """
            SELECT host, body, id FROM work_items WHERE host IN \(list: hosts) AND state = 'wanted'
            ORDER BY created_at, id
            """
        ) { row in
            let host: HostName = try row[0]
            let body: String = try row[1]
            if let item = try? WorkItem(json: body) {
                wanted.items[host, default: []].append(item)
            } else {
                wanted.unreadable.append((host, try row[2]))
            }
        }
        return wanted
    }

    struct Ended {
        let host: HostName
        let item: WorkItem
        let isWanted: Bool
    }

    static func find(_ id: WorkItemID, in transaction: any Transaction) throws -> Ended? {
        try transaction.first("SELECT host, body, state FROM work_items WHERE id = \(id)") { row in
            Ended(host: try row[0], item: try decode(try row[1]), isWanted: try row[2] as String == "wanted")
        }
    }

    /// Returns true if this call ended the item, false if it had ended before.
    static func end(
        _ id: WorkItemID, _ outcome: WorkOutcome, at now: Timestamp, in transaction: any Transaction
    ) throws -> Bool {
        let state = outcome.failure == nil ? "done" : "failed"
        return try transaction.execute(
            """
            UPDATE work_items SET state = \(state), reason = \(outcome.failure), ended_at = \(now)
            WHERE id = \(id) AND state = 'wanted'
            """) == 1
    }

    /// Deletes items that ended before `moment`.
    static func prune(before moment: Timestamp, in transaction: any Transaction) throws {
        try transaction.execute("DELETE FROM work_items WHERE state <> 'wanted' AND ended_at < \(moment)")
    }

    private static func decode(_ body: String) throws -> WorkItem {
        do {
            return try WorkItem(json: body)
        } catch {
            throw StoreError(.column, "work_items.body is not a work item: \(error)")
        }
    }
}
