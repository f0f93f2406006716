/// The agent's sign of life.
public struct Heartbeat: Sendable, Codable, Equatable {
    /// The nonce of the last line that came down.
    public var nonce: String?
    /// The revision that is applied.
    public var revision: Int64
    public var agentVersion: String
    /// The furthest end of the host's sanitisation certificates that the agent was ever told.
    public var certificates: CertificateChainHead?
    /// What the agent can do; nil where it is of a release that does not say.
    public var kinds: WorkKinds?

    public init(
        nonce: String?, revision: Int64, agentVersion: String, certificates: CertificateChainHead? = nil,
        kinds: WorkKinds? = nil
    ) {
        self.nonce = nonce
        self.revision = revision
        self.agentVersion = agentVersion
        self.certificates = certificates
        self.kinds = kinds
    }
}
