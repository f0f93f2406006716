import Model
import Store
import Workflows

/// Watches a cleaning: past its deadline the handle is quarantined, because nobody knows what is on it.
///
///     cleaning ──finished, failed──▶ (nothing left to watch)
///         └──deadline──▶ error
struct CleanWorkflow: Sendable {
    struct Input: Codable, Sendable {
        let handle: AttachHandleID
        let item: WorkItemID
    }

    /// Names the workflow where it is started; the steps are given where it runs.
    static let header = WorkflowDefinition(name: "accelerators.clean", steps: [])

    /// The signal that the host is through with it, well or not.
    static let ended = "ended"

    /// One watch for each work item, so that the item's outcome finds it.
    static func id(of item: WorkItemID) -> WorkflowID { WorkflowID(item.uuid) }

    let desk: HandleDesk

    var definition: WorkflowDefinition {
        WorkflowDefinition(
            name: Self.header.name,
            steps: [
                .transaction(
                    "watch",
                    act: { context, transaction in
                        try cleaning(context, in: transaction) == nil ? .done : .wait(until: nil)
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

    /// The handle, as long as the cleaning that is watched goes on.
    private func cleaning(_ context: StepContext, in transaction: any Transaction) throws -> AttachHandle? {
        let input = try context.input(as: Input.self)
        guard let handle = try desk.read([input.handle], in: transaction).first,
            handle.lifecycle.state == .cleaning, handle.work == input.item
        else { return nil }
        return handle
    }
}
