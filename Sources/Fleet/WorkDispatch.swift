public import Link
public import Model
public import Store

/// Puts work into the desired state of hosts. The control plane's other parts see only this of the connection to agents.
///
/// Everything happens in the caller's transaction, so that a work item exists exactly when the state that wants it does.
public protocol WorkDispatch: Sendable {
    /// The item stands in `host`'s desired state until its outcome is reported or it is withdrawn.
    func enqueue(_ item: WorkItem, on host: HostName, at now: Timestamp, in transaction: any Transaction) throws

    /// The item is no longer wanted; done also when it has ended.
    func withdraw(_ item: WorkItemID, at now: Timestamp, in transaction: any Transaction) throws

    /// Something else of the host's desired state changed (a deployable was disabled): its agent gets a new line.
    func touch(_ host: HostName, at now: Timestamp, in transaction: any Transaction) throws
}
