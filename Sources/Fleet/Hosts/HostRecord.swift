public import Model

/// The state of a host's agent in the control plane.
public struct HostRecord: Sendable, Equatable {
    public let name: HostName
    /// The revision of the desired state.
    public let revision: Int64
    /// The revision that the agent has applied, as it reports.
    package let appliedRevision: Int64
    package let reportGeneration: Int64
    public let reportedAt: Timestamp?
    public let state: HostLiveness.State
    public let stateSince: Timestamp
    public let provenAt: Timestamp?
    public let heardAt: Timestamp?
    public let agentVersion: String
}
