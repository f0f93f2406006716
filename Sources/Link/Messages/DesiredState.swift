public import Model

/// A line of the watch stream: what the control plane wants of one host, whole each time.
///
/// On the wire an object with `revision`, `nonce`, `work` and `sections`. The members of the section of the party `devices`
/// stand beside them: so agents of the first releases read it.
public struct DesiredState: Sendable, Equatable {
    /// Grows with each change; the agent reconnects with the last one it applied.
    public var revision: Int64
    /// Returned in the agent's next heartbeat, which proves that the stream is alive.
    public var nonce: String
    /// Of all parties, in the order it was asked for.
    public var work: [WorkItem]
    /// How many items of the line were left out, because they have no id that can be read: nobody could report their outcome.
    public private(set) var unreadableItems = 0
    /// What is wanted of each party beside its work. Each reads its own; of one that is not named nothing is wanted.
    public var sections: [Party: JSONValue]

    public init(revision: Int64, nonce: String, work: [WorkItem] = [], sections: [Party: JSONValue] = [:]) {
        self.revision = revision
        self.nonce = nonce
        self.work = work
        self.sections = sections
    }
}

extension DesiredState: Codable {
    private struct Key: CodingKey {
        let stringValue: String
        var intValue: Int? { nil }
        init(stringValue: String) { self.stringValue = stringValue }
        init(_ name: String) { stringValue = name }
        init?(intValue: Int) { nil }
    }

    /// An element of `work`; nil where it cannot be read. It never fails the elements beside it.
    private struct Item: Decodable {
        let item: WorkItem?

        init(from decoder: any Decoder) throws {
            item = (try? JSONValue(from: decoder)).flatMap { WorkItem(wire: $0) }
        }
    }

    public init(from decoder: any Decoder) throws {
        let container = try decoder.container(keyedBy: Key.self)
        self.init(
            revision: try container.decode(Int64.self, forKey: Key("revision")),
            nonce: try container.decode(String.self, forKey: Key("nonce")),
            work: [])
        let items = try container.decode([Item].self, forKey: Key("work"))
        work = items.compactMap(\.item)
        unreadableItems = items.count - work.count
        let others = try container.decodeIfPresent([String: JSONValue].self, forKey: Key("sections")) ?? [:]
        for (party, section) in others { sections[Party(party)] = section.ordered }
        let devices: [JSONValue.Member] = try DeviceSection.members.compactMap { name in
            try container.decodeIfPresent(JSONValue.self, forKey: Key(name)).map { .init(name, $0.ordered) }
        }
        if !devices.isEmpty { sections[.devices] = .object(devices) }
    }

    public func encode(to encoder: any Encoder) throws {
        var container = encoder.container(keyedBy: Key.self)
        try container.encode(revision, forKey: Key("revision"))
        try container.encode(nonce, forKey: Key("nonce"))
        try container.encode(work, forKey: Key("work"))
        var others: [String: JSONValue] = [:]
        for (party, section) in sections where party != .devices { others[party.text] = section }
        if !others.isEmpty { try container.encode(others, forKey: Key("sections")) }
        // Agents of the first releases read no line without it.
        let devices = sections[.devices] ?? DeviceSection().value
        guard case .object(let members) = devices else { return }
        for member in members { try container.encode(member.value, forKey: Key(member.name)) }
    }
}
