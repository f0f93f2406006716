public import Model

/// A line of the watch stream: what the control plane wants of one host, whole each time.
public struct DesiredState: Sendable, Codable, Equatable {
    /// Grows with each change; the agent reconnects with the last one it applied.
    public var revision: Int64
    /// Comes back in the agent's next heartbeat: proof that the channel that carries work is alive.
    public var nonce: String
    public var work: [WorkItem]
    /// Work that a later release wants, beside `work` in the same list.
    public var foreign: [ForeignWork] = []
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

extension DesiredState {
    private enum Key: String, CodingKey {
        case revision, nonce, work, disabled, disabledParts, certificates
    }

    /// Item by item: what is not understood of one says nothing of the others.
    private enum Entry: Codable {
        case known(WorkItem)
        case foreign(ForeignWork)

        init(from decoder: any Decoder) throws {
            if let item = try? WorkItem(from: decoder) {
                self = .known(item)
            } else {
                self = .foreign(try ForeignWork(from: decoder))
            }
        }

        func encode(to encoder: any Encoder) throws {
            switch self {
            case .known(let item): try item.encode(to: encoder)
            case .foreign(let item): try item.encode(to: encoder)
            }
        }
    }

    public init(from decoder: any Decoder) throws {
        let container = try decoder.container(keyedBy: Key.self)
        self.init(
            revision: try container.decode(Int64.self, forKey: .revision),
            nonce: try container.decode(String.self, forKey: .nonce), work: [],
            disabled: try container.decode([ResourceProviderID].self, forKey: .disabled),
            disabledParts: try container.decodeIfPresent([ProviderPart].self, forKey: .disabledParts),
            certificates: try container.decodeIfPresent(CertificateChainHead.self, forKey: .certificates))
        for entry in try container.decode([Entry].self, forKey: .work) {
            switch entry {
            case .known(let item): work.append(item)
            case .foreign(let item): foreign.append(item)
            }
        }
    }

    public func encode(to encoder: any Encoder) throws {
        var container = encoder.container(keyedBy: Key.self)
        try container.encode(revision, forKey: .revision)
        try container.encode(nonce, forKey: .nonce)
        try container.encode(work.map { Entry.known($0) } + foreign.map { .foreign($0) }, forKey: .work)
        try container.encode(disabled, forKey: .disabled)
        try container.encodeIfPresent(disabledParts, forKey: .disabledParts)
        try container.encodeIfPresent(certificates, forKey: .certificates)
    }
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
