public import Model

/// A line of the watch stream: what the control plane wants of one host, whole each time.
public struct DesiredState: Sendable, Codable, Equatable {
    /// Grows with each change; the agent reconnects with the last one it applied.
    public var revision: Int64
    /// Comes back in the agent's next heartbeat: proof that the channel that carries work is alive.
    public var nonce: String
    public var work: [WorkItem]
    /// Providers whose whole capacity is to be withheld.
    public var disabled: [ResourceProviderID]
    /// Classes of providers that stand for several, whose capacity is to be withheld while the others' is not; nil for none.
    public var disabledParts: [ProviderPart]?
    /// Where the host's sanitisation certificates end; nil before the first.
    public var certificates: CertificateChainHead?

    public init(
        revision: Int64, nonce: String, work: [WorkItem], disabled: [ResourceProviderID],
        disabledParts: [ProviderPart]? = nil, certificates: CertificateChainHead? = nil
    ) {
        self.revision = revision
        self.nonce = nonce
        self.work = work
        self.disabled = disabled
        self.disabledParts = disabledParts
        self.certificates = certificates
    }
}

extension DesiredState {
    /// All that is to be withheld.
    public var withheld: Set<ProviderPart> { Set(disabled.map { ProviderPart($0) } + (disabledParts ?? [])) }
}

/// The agent's sign of life.
public struct Heartbeat: Sendable, Codable, Equatable {
    /// The nonce of the last line that came down.
    public var nonce: String?
    /// The revision that is applied.
    public var revision: Int64
    public var agentVersion: String
    /// The furthest end of the host's sanitisation certificates that the agent was ever told.
    public var certificates: CertificateChainHead?

    public init(nonce: String?, revision: Int64, agentVersion: String, certificates: CertificateChainHead? = nil) {
        self.nonce = nonce
        self.revision = revision
        self.agentVersion = agentVersion
        self.certificates = certificates
    }
}
