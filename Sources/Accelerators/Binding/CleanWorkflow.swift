import Fleet
import Model
import Store
import Workflows

/// Watches a cleaning: when its host had its time for it, the handle is quarantined, because nobody knows what is on it.
///
///     cleaning ──finished, failed──▶ (nothing left to watch)
///         └──host alive for `cleaning`──▶ error
///
/// Time in which the host is down does not count: it begins anew when the host comes back.
struct CleanWorkflow: Sendable {
    struct Input: Codable, Sendable {
        let handle: AttachHandleID
        let item: WorkItemID
        /// Microseconds since 1970 UTC.
        let began: Int64
    }

    static let kind = WorkflowType<Input>("accelerators.clean")

    /// One watch for each work item, so that the item's outcome finds it and wakes it.
    static func id(of item: WorkItemID) -> WorkflowID { WorkflowID(item.uuid) }

    let desk: HandleDesk

    var definition: WorkflowDefinition {
        WorkflowDefinition(
            Self.kind, in: .accelerators,
            steps: [
                .transaction(
                    "watch",
                    act: { context, transaction in
                        guard let handle = try cleaning(context, in: transaction) else { return .done }
                        return try verdict(handle, context, in: transaction)
                    },
                    undo: { context, transaction in
                        if let handle = try cleaning(context, in: transaction) {
                            try desk.apply(
                                .failed("cleaning did not end in time"), to: handle, at: context.now, in: transaction)
                        }
                        return .done
                    })
            ])
    }

    /// How often a host is looked at that fell silent before its time was up.
    private static let look: Duration = .seconds(5)

    private func verdict(
        _ handle: AttachHandle, _ context: StepContext<Input>, in transaction: any Transaction
    ) throws -> StepVerdict<NoOutput> {
        let limit = desk.durations.cleaning
        let began = Timestamp(microseconds: context.input.began)
        let host = try HostDirectory.find(handle.host, in: transaction)
        // The time of a host that comes back after this look cannot be up before the next.
        if host?.state == .down { return .wait(until: context.now + limit) }
        let due = (host?.state == .up ? max(began, host?.stateSince ?? began) : began) + limit
        guard context.now >= due else { return .wait(until: due) }
        if let host, host.state == .up, (host.provenAt ?? began) < due {
            // Perhaps it is gone already, and had less time than it seems.
            return .wait(until: context.now + Self.look)
        }
        return .failed("cleaning did not end in time")
    }

    /// The handle, as long as the cleaning that is watched goes on.
    private func cleaning(_ context: StepContext<Input>, in transaction: any Transaction) throws -> AttachHandle? {
        guard let handle = try desk.read([context.input.handle], in: transaction).first,
            handle.lifecycle.state == .cleaning, handle.work == context.input.item
        else { return nil }
        return handle
    }
}
