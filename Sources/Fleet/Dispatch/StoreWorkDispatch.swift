public import Link
public import Model
public import Store

/// Work items in the table `work_items`.
public struct StoreWorkDispatch: WorkDispatch {
    public init() {}

    public func enqueue(
        _ item: WorkItem, on host: HostName, at now: Timestamp, in transaction: any Transaction
    ) throws {
        let ability = try HostDirectory.ability(of: host, in: transaction)
        guard (ability?.kinds ?? .unsaid).contains(item) else {
            throw Self.refusal(item, host, ability?.agentVersion ?? "")
        }
        let added = try transaction.execute(
            """
            INSERT INTO work_items (id, host, state, body, created_at)
            VALUES (\(item.id), \(host), 'wanted', \(item.json), \(now)) ON CONFLICT (id) DO NOTHING
            """)
        guard added == 1 else { return }
        if ability == nil { try HostDirectory.ensure(host, at: now, in: transaction) }
        try HostDirectory.advance(host, in: transaction)
    }

    private static func refusal(_ item: WorkItem, _ host: HostName, _ version: String) -> Fault {
        .conflict(
            "The agent of host '\(host)' is of version \(version.isEmpty ? "unknown" : version), which does not know work of "
                + "the kind '\(item.kind)' for '\(item.party)'; upgrade it.", code: "link.unknown_work")
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
