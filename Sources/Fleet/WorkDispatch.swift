public import Link
public import Model
public import Store

/// Adds work to the desired state of hosts. Other parts of the control plane use only this of the connection to agents.
///
/// Everything happens in the caller's transaction, so that a work item exists exactly if the state that needs it does.
public protocol WorkDispatch: Sendable {
    /// Adds the item to `host`'s desired state, until its outcome is reported or it is withdrawn.
    func enqueue(_ item: WorkItem, on host: HostName, at now: Timestamp, in transaction: any Transaction) throws

    /// Withdraws the item; succeeds if it has ended.
    func withdraw(_ item: WorkItemID, at now: Timestamp, in transaction: any Transaction) throws

    /// Records that the host's desired state changed in another way (a deployable was disabled): its agent gets a new
    /// line.
    func touch(_ host: HostName, at now: Timestamp, in transaction: any Transaction) throws
}
