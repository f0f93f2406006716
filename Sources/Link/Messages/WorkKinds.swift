public import Model

/// Kinds of work by party: what an agent can do. On the wire `{"devices": ["clean", "prepare", "withdraw"]}`.
public struct WorkKinds: Sendable, Equatable {
    public private(set) var kinds: [Party: Set<String>]

    public init(_ kinds: [Party: Set<String>]) {
        self.kinds = kinds
    }

    /// What an agent can do that does not say: agents do so since release 2643fc0, and that one knew this.
    public static let unsaid = WorkKinds([.devices: ["clean", "prepare", "withdraw"]])

    public func contains(_ item: WorkItem) -> Bool { kinds[item.party]?.contains(item.kind) == true }
}

extension WorkKinds {
    /// From text that `json` wrote, in this release or another. Throws 500 for what has another form.
    package init(json: String) throws(Fault) {
        guard case .object(let members)? = try? JSONValue(json: Array(json.utf8)) else {
            throw .internalError("'\(json.prefix(200))' is no list of kinds of work")
        }
        kinds = [:]
        for member in members { kinds[Party(member.name)] = Set((member.value.array ?? []).compactMap(\.text)) }
    }

    package var json: String {
        var writer = JSONWriter()
        writer.object { json in
            for (party, words) in kinds.sorted(by: { $0.key < $1.key }) {
                json.member(party.text) { json in json.array(words.sorted()) { json, word in json.value(word) } }
            }
        }
        return String(decoding: writer.bytes, as: UTF8.self)
    }
}

extension WorkKinds: Codable {
    public init(from decoder: any Decoder) throws {
        let named = try decoder.singleValueContainer().decode([String: [String]].self)
        kinds = [:]
        for (party, words) in named { kinds[Party(party)] = Set(words) }
    }

    public func encode(to encoder: any Encoder) throws {
        var named: [String: [String]] = [:]
        for (party, words) in kinds { named[party.text] = words.sorted() }
        var container = encoder.singleValueContainer()
        try container.encode(named)
    }
}
