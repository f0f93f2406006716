import Model

extension Heartbeat {
    /// The furthest end of the host's sanitisation certificates that the agent was ever told: the section of the party `devices`.
    public var certificates: CertificateChainHead? {
        get { sections[.devices].flatMap { CertificateChainHead($0["certificates"]) } }
        set { sections[.devices] = newValue.map { .object([.init("certificates", $0.value)]) } }
    }

    public init(
        nonce: String?, revision: Int64, agentVersion: String, certificates: CertificateChainHead?,
        kinds: WorkKinds? = nil
    ) {
        self.init(nonce: nonce, revision: revision, agentVersion: agentVersion, kinds: kinds)
        self.certificates = certificates
    }
}
