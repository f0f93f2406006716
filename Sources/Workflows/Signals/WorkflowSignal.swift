import Model

/// Something that happened outside, told to a workflow: a name, and what is said.
///
///     static let plugged = WorkflowSignal<PortID>("plugged")
public struct WorkflowSignal<Payload: Codable & Sendable>: Sendable {
    let name: String

    /// - Parameter name: stands in journals, so it never changes
    public init(_ name: String) {
        self.name = name
    }

    /// A text stands as it is, as in journals of earlier releases; everything else as JSON.
    func text(of payload: Payload) throws -> String {
        if let text = payload as? String { return text }
        return try JournalText.encode(payload)
    }

    func payload(from text: String) throws(Fault) -> Payload {
        if let payload = text as? Payload { return payload }
        return try JournalText.decode(from: text, "what the signal '\(name)' says")
    }
}
