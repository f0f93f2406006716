import Model
import Store

enum DefinitionNamespaceKind {}
typealias DefinitionNamespaceName = NameID<DefinitionNamespaceKind>

/// A namespace of definitions: which properties mean what, and for which types of resources.
struct DefinitionNamespace: Sendable, Equatable {
    enum Visibility: String, Sendable, CaseIterable {
        /// Everybody.
        case `public`
        /// Its owner.
        case `private`
    }

    let name: DefinitionNamespaceName
    let owner: ProjectID?
    let visibility: Visibility
    /// Whether neither it nor what it holds can be deleted.
    let isProtected: Bool
    let displayName: String?
    let text: String?
    let created: Timestamp
    let updated: Timestamp

    /// For `FROM definition_namespaces n`.
    static let columns: SQL = """
        n.name, n.owner, n.visibility, n.is_protected, n.display_name, n.description, n.created_at, n.updated_at
        """

    /// What a client wants of it; what it does not say has its default.
    ///
    /// - Parameter body: valid by the form of namespaces
    init(_ body: JSONValue, owner: ProjectID?, created: Timestamp, updated: Timestamp) {
        name = DefinitionNamespaceName(body.text("namespace") ?? "")
        self.owner = body.text("owner").map { ProjectID($0) } ?? owner
        visibility = body.text("visibility").flatMap { Visibility(rawValue: $0) } ?? .private
        isProtected = body["protected"] == .bool(true)
        displayName = body.text("display_name")
        text = body.text("description")
        self.created = created
        self.updated = updated
    }

    init(_ row: borrowing Row) throws {
        name = try row[0]
        owner = try row[1]
        visibility = try row.word(2)
        isProtected = try row[3]
        displayName = try row[4]
        text = try row[5]
        created = try row[6]
        updated = try row[7]
    }

    var path: String { "/v2/metadefs/namespaces/\(name.text.percentEncoded)" }

    /// The members on the wire, without what the namespace holds.
    func write(to json: inout JSONWriter) {
        json.member("namespace", name.text)
        if let displayName { json.member("display_name", displayName) }
        if let text { json.member("description", text) }
        json.member("visibility", visibility.rawValue)
        json.member("protected", isProtected)
        json.member("owner", owner?.text)
        json.member("created_at", created.wire)
        json.member("updated_at", updated.wire)
        json.member("self", path)
        json.member("schema", "/v2/schemas/metadefs/namespace")
    }
}

extension JSONValue {
    /// The text of a member; nil where there is none.
    func text(_ name: String) -> String? { if case .text(let text)? = self[name] { text } else { nil } }

    /// The elements of a member; none where there is no array.
    func elements(_ name: String) -> [JSONValue] { if case .array(let all)? = self[name] { all } else { [] } }

    /// The members of an object; none where this is none.
    var ownMembers: [Member] { if case .object(let all) = self { all } else { [] } }

    /// The members of a member; none where there is no object.
    func members(_ name: String) -> [Member] { if case .object(let all)? = self[name] { all } else { [] } }
}
