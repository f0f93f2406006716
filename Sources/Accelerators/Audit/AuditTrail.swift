import Conventions
import Metrics
import Model
import Store

/// Records changes of state in their own transactions, so that the record is exact, and counts them.
struct AuditTrail: Sendable {
    let ids: IDSource

    func note(_ event: AuditEvent, at now: Timestamp, in transaction: any Transaction) throws {
        let id: AuditEventID = ids.next()
        try transaction.execute(
            """
            INSERT INTO accelerator_events (id, at, action, actor_user, actor_project, actor_service, call, owner,
                request, instance, handle, device, host, detail)
            VALUES (\(id), \(now), \(event.action.rawValue), \(event.actor.user), \(event.actor.project),
                \(event.actor.service), \(event.actor.request), \(event.owner), \(event.request), \(event.instance),
                \(event.handle), \(event.device), \(event.host), \(event.detail))
            """)
        // Also when the transaction runs again: a figure to watch, not to account by.
        Counter(label: "kilonova_accelerator_events_total", dimensions: [("action", event.action.rawValue)]).increment()
    }

    /// Deletes up to `most` events older than `limit`; returns how many.
    static func prune(before limit: Timestamp, most: Int = 1000, in transaction: any Transaction) throws -> Int {
        try transaction.execute(
            """
            DELETE FROM accelerator_events
            WHERE id IN (SELECT id FROM accelerator_events WHERE at < \(limit) ORDER BY at, id LIMIT \(most))
            """)
    }
}

enum AuditEventKind {}
typealias AuditEventID = UniqueID<AuditEventKind>
