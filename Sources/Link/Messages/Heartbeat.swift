public import Model

/// The agent's sign of life.
///
/// On the wire an object with `nonce`, `revision`, `agentVersion`, `kinds` and `sections`. The members of the section of the
/// party `devices` stand beside them: so control planes of the first releases read it.
public struct Heartbeat: Sendable, Equatable {
    /// The nonce of the last line that came down.
    public var nonce: String?
    /// The revision that is applied.
    public var revision: Int64
    public var agentVersion: String
    /// What the agent can do; nil where it is of a release that does not say.
    public var kinds: WorkKinds?
    /// What parties add for their services.
    public var sections: [Party: JSONValue] = [:]

    public init(nonce: String?, revision: Int64, agentVersion: String, kinds: WorkKinds? = nil) {
        self.nonce = nonce
        self.revision = revision
        self.agentVersion = agentVersion
        self.kinds = kinds
    }
}

extension Heartbeat: Codable {
    private enum Key: String, CodingKey {
        case nonce, revision, agentVersion, certificates, kinds, sections
    }

    public init(from decoder: any Decoder) throws {
        let container = try decoder.container(keyedBy: Key.self)
        self.init(
            nonce: try container.decodeIfPresent(String.self, forKey: .nonce),
            revision: try container.decode(Int64.self, forKey: .revision),
            agentVersion: try container.decode(String.self, forKey: .agentVersion),
            certificates: try container.decodeIfPresent(CertificateChainHead.self, forKey: .certificates),
            kinds: try container.decodeIfPresent(WorkKinds.self, forKey: .kinds))
        let others = try container.decodeIfPresent([String: JSONValue].self, forKey: .sections) ?? [:]
        for (party, section) in others where Party(party) != .devices { sections[Party(party)] = section.ordered }
    }

    public func encode(to encoder: any Encoder) throws {
        var container = encoder.container(keyedBy: Key.self)
        try container.encodeIfPresent(nonce, forKey: .nonce)
        try container.encode(revision, forKey: .revision)
        try container.encode(agentVersion, forKey: .agentVersion)
        try container.encodeIfPresent(certificates, forKey: .certificates)
        try container.encodeIfPresent(kinds, forKey: .kinds)
        var others: [String: JSONValue] = [:]
        for (party, section) in sections where party != .devices { others[party.text] = section }
        if !others.isEmpty { try container.encode(others, forKey: .sections) }
    }
}
