public import Model

/// A line of the watch stream: what the control plane wants of one host, whole each time.
public struct DesiredState: Sendable, Codable, Equatable {
    /// Grows with each change; the agent reconnects with the last one it applied.
    public var revision: Int64
    /// Comes back in the agent's next heartbeat: proof that the channel that carries work is alive.
    public var nonce: String
    public var work: [WorkItem]
    /// Deployables (by provider id) whose whole capacity is to be withheld.
    public var disabled: [ResourceProviderID]

    public init(revision: Int64, nonce: String, work: [WorkItem], disabled: [ResourceProviderID]) {
        self.revision = revision
        self.nonce = nonce
        self.work = work
        self.disabled = disabled
    }
}

/// The agent's sign of life.
public struct Heartbeat: Sendable, Codable, Equatable {
    /// The nonce of the last line that came down.
    public var nonce: String?
    /// The revision that is applied.
    public var revision: Int64
    public var agentVersion: String

    public init(nonce: String?, revision: Int64, agentVersion: String) {
        self.nonce = nonce
        self.revision = revision
        self.agentVersion = agentVersion
    }
}
