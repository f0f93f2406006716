public import Model

/// What the control plane knows of a host's agent.
public struct HostRecord: Sendable, Equatable {
    public let name: HostName
    /// Of the desired state.
    public let revision: Int64
    /// The revision that the agent says it applied.
    public let appliedRevision: Int64
    public let reportGeneration: Int64
    public let reportedAt: Timestamp?
    public let state: HostLiveness.State
    public let stateSince: Timestamp
    public let provenAt: Timestamp?
    public let heardAt: Timestamp?
    public let agentVersion: String
}
