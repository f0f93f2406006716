import Model
import Store

extension DeviceState {
    /// How many devices are in each state; two queries, whatever their number.
    static func counts(in transaction: any Transaction) throws -> [DeviceState: Int] {
        var counts: [DeviceState: Int] = [:]
        try transaction.forEach("SELECT presence, COUNT(*) FROM devices GROUP BY presence") { row in
            let presence: String = try row[0]
            counts[presence == DeviceLifecycle.Presence.missing.rawValue ? .missing : .available] = try row[1] as Int
        }
        // Of each device that is not free, the gravest of its handles' states, as `of` ranks them.
        try transaction.forEach(
            """
            SELECT rank, COUNT(*) FROM (
                SELECT p.device, MAX(CASE
                    WHEN h.state IN ('preparing', 'held') THEN 1
                    WHEN h.state = 'withdrawing' OR (h.state = 'cleaning' AND a.state = 'down') THEN 2
                    WHEN h.state = 'cleaning' THEN 3 ELSE 4 END) AS rank
                FROM attach_handles h JOIN deployables p ON p.uuid = h.deployable
                    JOIN devices d ON d.uuid = p.device LEFT JOIN hosts a ON a.name = d.host
                WHERE h.state <> 'available' AND d.presence = 'present' GROUP BY p.device) ranked
            GROUP BY rank
            """
        ) { row in
            let rank: Int = try row[0]
            let count: Int = try row[1]
            guard let state = allCases.first(where: { $0.rank == rank }) else { return }
            counts[state] = count
            counts[.available, default: 0] -= count
        }
        return counts
    }
}
