import FoundationEssentials
public import Link
public import Model
public import Store

/// Work items in the table `work_items`.
public struct StoreWorkDispatch: WorkDispatch {
    public init() {}

    public func enqueue(
        _ item: WorkItem, on host: HostName, at now: Timestamp, in transaction: any Transaction
    ) throws {
        let body = String(decoding: try JSONEncoder().encode(item), as: UTF8.self)
        let added = try transaction.execute(
            """
            INSERT INTO work_items (id, host, state, body, created_at)
            VALUES (\(item.id), \(host), 'wanted', \(body), \(now)) ON CONFLICT (id) DO NOTHING
            """)
        if added == 1 { try HostDirectory.advance(host, at: now, in: transaction) }
    }

    public func withdraw(_ item: WorkItemID, at now: Timestamp, in transaction: any Transaction) throws {
        let host: HostName? = try transaction.first(
            "SELECT host FROM work_items WHERE id = \(item) AND state = 'wanted'"
        ) { try $0[0] }
        guard let host else { return }
        try transaction.execute(
            "UPDATE work_items SET state = 'withdrawn', ended_at = \(now) WHERE id = \(item) AND state = 'wanted'")
        try HostDirectory.advance(host, at: now, in: transaction)
    }

    public func touch(_ host: HostName, at now: Timestamp, in transaction: any Transaction) throws {
        try HostDirectory.advance(host, at: now, in: transaction)
    }
}
