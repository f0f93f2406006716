import FoundationEssentials
import Link
import Model
import Store

/// Reading and ending work items.
enum WorkItemTable {
    /// What one host is to do.
    struct Wanted: Sendable {
        var items: [WorkItem] = []
        var foreign: [ForeignWork] = []
    }

    /// What `hosts` are to do, in the order it was asked for.
    static func wanted(on hosts: [HostName], in transaction: any Transaction) throws -> [HostName: Wanted] {
        var wanted: [HostName: Wanted] = [:]
        try transaction.forEach(
            """
            SELECT host, body FROM work_items WHERE host IN \(list: hosts) AND state = 'wanted'
            ORDER BY created_at, id
            """
        ) { row in
            let host: HostName = try row[0]
            let body: String = try row[1]
            if let item = try? decode(body) {
                wanted[host, default: Wanted()].items.append(item)
            } else if let item = try? JSONDecoder().decode(ForeignWork.self, from: Data(body.utf8)) {
                wanted[host, default: Wanted()].foreign.append(item)
            } else {
                throw StoreError(.column, "work_items.body is no work item")
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
            let state: String = try row[2]
            let body: String = try row[1]
            guard let item = try? decode(body) else {
                let foreign = try JSONDecoder().decode(ForeignWork.self, from: Data(body.utf8))
                throw Fault.unavailable(
                    "This replica is of a release that does not know \(foreign.title); another one takes the outcome.")
            }
            return Ended(host: try row[0], item: item, isWanted: state == "wanted")
        }
    }

    /// True when this call ended it, false where it had ended.
    static func end(
        _ id: WorkItemID, _ outcome: WorkOutcome, at now: Timestamp, in transaction: any Transaction
    ) throws -> Bool {
        let (state, reason): (String, String?) =
            switch outcome {
            case .done, .cleaned: ("done", nil)
            case .failed(let reason): ("failed", reason)
            }
        return try transaction.execute(
            """
            UPDATE work_items SET state = \(state), reason = \(reason), ended_at = \(now)
            WHERE id = \(id) AND state = 'wanted'
            """) == 1
    }

    /// Forgets items that ended before `moment`.
    static func prune(before moment: Timestamp, in transaction: any Transaction) throws {
        try transaction.execute("DELETE FROM work_items WHERE state <> 'wanted' AND ended_at < \(moment)")
    }

    private static func decode(_ body: String) throws -> WorkItem {
        do {
            return try JSONDecoder().decode(WorkItem.self, from: Data(body.utf8))
        } catch {
            throw StoreError(.column, "work_items.body is not a work item: \(error)")
        }
    }
}
