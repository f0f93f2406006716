import Model
import Store

/// What a namespace holds: the definition of a property, of an object with properties, or a tag.
struct DefinitionItem: Sendable, Equatable {
    enum Kind: String, Sendable, CaseIterable {
        case object, property, tag
    }

    let kind: Kind
    let name: String
    /// Its members besides the name.
    let document: JSONValue
    let created: Timestamp
    let updated: Timestamp

    /// For `FROM definition_items d`.
    static let columns: SQL = "d.kind, d.name, d.document, d.created_at, d.updated_at"

    /// - Parameter body: valid by the form of the kind
    init(_ kind: Kind, name: String, _ body: JSONValue, created: Timestamp, updated: Timestamp) {
        self.kind = kind
        self.name = name
        self.created = created
        self.updated = updated
        guard case .object(let members) = body, kind != .tag else {
            document = .object([])
            return
        }
        document = .object(members.filter { $0.name != "name" && !DefinitionForms.served.contains($0.name) })
    }

    init(_ row: borrowing Row) throws {
        kind = try row.word(0)
        name = try row[1]
        let text: String = try row[2]
        document = try JSONValue(json: Array(text.utf8))
        created = try row[3]
        updated = try row[4]
    }

    /// As one text, for the database.
    var stored: String {
        var json = JSONWriter()
        json.value(document)
        return String(decoding: json.bytes, as: UTF8.self)
    }

    /// On the wire, alone or in a list.
    func write(to json: inout JSONWriter, in namespace: DefinitionNamespace) {
        json.object { json in
            json.member("name", name)
            switch kind {
            case .property: writeDocument(to: &json)
            case .tag: writeTimes(to: &json)
            case .object:
                writeDocument(to: &json)
                if document["properties"] == nil { json.member("properties") { json in json.object { _ in } } }
                if document["required"] == nil {
                    json.member("required") { json in json.array([String]()) { _, _ in } }
                }
                writeTimes(to: &json)
                json.member("self", "\(namespace.path)/objects/\(name.percentEncoded)")
                json.member("schema", "/v2/schemas/metadefs/object")
            }
        }
    }

    /// The members besides the name.
    func writeDocument(to json: inout JSONWriter) {
        guard case .object(let members) = document else { return }
        for member in members { json.member(member.name) { json in json.value(member.value) } }
    }

    private func writeTimes(to json: inout JSONWriter) {
        json.member("created_at", created.wire)
        json.member("updated_at", updated.wire)
    }
}
