public import Model

/// The outcome of a work item on its host.
///
/// This is the envelope: it says whether the work was done, and only the item's party reads the details beside.
///
/// On the wire `{"status": "done"}` or `{"status": "failed", "reason": "…"}`, with the details as further members.
public struct WorkOutcome: Sendable, Equatable {
    /// Nil if the work was done; otherwise the reason, for the operator and the owner.
    public let failure: String?
    /// What the party's work found or left: an object, members by name. `status` and `reason` are the envelope's.
    public let details: JSONValue

    public init(failure: String? = nil, details: [JSONValue.Member] = []) {
        self.failure = failure
        let own = details.filter { !Self.envelope.contains($0.name) }
        self.details = JSONValue.object(own).ordered
    }

    private static let envelope: Set<String> = ["status", "reason"]

    /// Without details.
    public static let done = WorkOutcome()

    /// Without details.
    public static func failed(_ reason: String) -> WorkOutcome { WorkOutcome(failure: reason) }

    package var members: [JSONValue.Member] {
        if case .object(let members) = details { members } else { [] }
    }
}

extension WorkOutcome: Codable {
    private struct Key: CodingKey {
        let stringValue: String
        var intValue: Int? { nil }
        init(stringValue: String) { self.stringValue = stringValue }
        init?(intValue: Int) { nil }

        static let status = Key(stringValue: "status")
        static let reason = Key(stringValue: "reason")
    }

    public init(from decoder: any Decoder) throws {
        let container = try decoder.container(keyedBy: Key.self)
        let status = try container.decode(String.self, forKey: .status)
        let reason = try container.decodeIfPresent(String.self, forKey: .reason)
        guard ["done", "failed"].contains(status) else {
            throw DecodingError.dataCorruptedError(
                forKey: .status, in: container, debugDescription: "'\(status)' is neither 'done' nor 'failed'")
        }
        let details = try container.allKeys.filter { !Self.envelope.contains($0.stringValue) }.map { key in
            JSONValue.Member(key.stringValue, try container.decode(JSONValue.self, forKey: key))
        }
        self.init(failure: status == "done" ? nil : reason ?? "no reason was given", details: details)
    }

    public func encode(to encoder: any Encoder) throws {
        var container = encoder.container(keyedBy: Key.self)
        try container.encode(failure == nil ? "done" : "failed", forKey: .status)
        try container.encodeIfPresent(failure, forKey: .reason)
        for member in members { try container.encode(member.value, forKey: Key(stringValue: member.name)) }
    }
}
