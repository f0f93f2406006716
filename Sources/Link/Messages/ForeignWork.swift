public import Model

/// A work item that this release does not understand, because a later one made it.
///
/// A control plane hands it on as it came; an agent refuses it by name. Neither gives up what stands beside it.
public struct ForeignWork: Sendable, Equatable, Codable {
    public let id: WorkItemID
    /// What is not understood, as in "work of the kind 'program'".
    public let title: String
    /// The item as it came.
    let body: JSONValue

    init(id: WorkItemID, title: String, body: JSONValue) {
        self.id = id
        self.title = title
        self.body = body
    }

    /// Throws where there is not even an id by which it could be refused.
    public init(from decoder: any Decoder) throws {
        body = try JSONValue(from: decoder)
        let container = try decoder.container(keyedBy: Key.self)
        id = try container.decode(WorkItemID.self, forKey: .id)
        let kind = (try? container.decodeIfPresent(String.self, forKey: .kind)) ?? nil
        let type = (try? container.decodeIfPresent(String.self, forKey: .handleType)) ?? nil
        title =
            if let kind, WorkItem.Kind(rawValue: kind) == nil {
                "work of the kind '\(kind.prefix(40))'"
            } else if let type, AttachHandleType(rawValue: type) == nil {
                "attach handles of the type '\(type.prefix(40))'"
            } else {
                "work items of this form"
            }
    }

    public func encode(to encoder: any Encoder) throws { try body.encode(to: encoder) }

    private enum Key: String, CodingKey {
        case id, kind, handleType
    }
}
