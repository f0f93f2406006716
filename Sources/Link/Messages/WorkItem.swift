public import Model

/// One thing the control plane wants done on a host. Level-triggered: it stands in the host's desired state until the
/// agent reports its outcome or the control plane withdraws it; the agent may see it many times and does it once.
///
/// This is the envelope: it says whose work it is, and only the party reads what is in it. An item of a later release is
/// an item like any other; a replica hands it on as it came, and an agent refuses it by name.
///
/// On the wire an object with `id`, `party`, `kind`, `subject`, `body` and `deadline`. Work of the party `devices` has no
/// `party`, and the members of its body stand beside those of the envelope: so agents of the first releases read it.
public struct WorkItem: Sendable, Equatable {
    public let id: WorkItemID
    public let party: Party
    /// What is to be done: a word of the party.
    public let kind: String
    /// What it is done to. Items of one subject are done one after another.
    public let subject: String
    /// Microseconds since 1970 UTC; after it the control plane gives up. Nil for none.
    public let deadline: Int64?
    /// The item as it is on the wire, members by name.
    let wire: JSONValue

    public init(
        id: WorkItemID, party: Party, kind: String, subject: String, body: JSONValue, deadline: Int64?
    ) {
        self.id = id
        self.party = party
        self.kind = kind
        self.subject = subject
        self.deadline = deadline
        var members: [JSONValue.Member] = [.init("body", body)]
        if let deadline { members.append(.init("deadline", .integer(Int(deadline)))) }
        members += [
            .init("id", .text(id.description)), .init("kind", .text(kind)), .init("party", .text(party.text)),
            .init("subject", .text(subject)),
        ]
        wire = JSONValue.object(members).ordered
    }

    /// Of the party `devices`.
    ///
    /// - Parameter members: those of the envelope and of the body, side by side
    init(id: WorkItemID, devices members: JSONValue, kind: String, subject: String, _ deadline: Int64) {
        self.id = id
        party = .devices
        self.kind = kind
        self.subject = subject
        self.deadline = deadline
        wire = members.ordered
    }

    /// Nil for what has no id: nobody could refuse it.
    init?(wire: JSONValue) {
        guard let id = wire["id"]?.text.flatMap({ WorkItemID($0) }) else { return nil }
        self.id = id
        party = wire["party"]?.text.map { Party($0) } ?? .devices
        kind = wire["kind"]?.text ?? ""
        subject = (wire["subject"] ?? wire["handle"])?.text ?? id.description
        deadline = wire["deadline"]?.integer.map { Int64($0) }
        self.wire = wire.ordered
    }

    /// What the party has to know.
    public var body: JSONValue { party == .devices ? wire : wire["body"] ?? .object([]) }
}

extension WorkItem {
    /// From text that `json` wrote, in this release or another. Throws 500 for what is no work item.
    package init(json: String) throws(Fault) {
        guard let wire = try? JSONValue(json: Array(json.utf8)), let item = WorkItem(wire: wire) else {
            throw .internalError("'\(json.prefix(200))' is not a work item")
        }
        self = item
    }

    package var json: String { wire.compact }
}

extension WorkItem: Codable {
    public init(from decoder: any Decoder) throws {
        guard let item = WorkItem(wire: try JSONValue(from: decoder)) else {
            throw DecodingError.dataCorrupted(
                .init(codingPath: decoder.codingPath, debugDescription: "a work item has an 'id', which is a UUID"))
        }
        self = item
    }

    public func encode(to encoder: any Encoder) throws { try wire.encode(to: encoder) }
}
