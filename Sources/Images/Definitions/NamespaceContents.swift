import Model
import Store

/// All that a namespace holds.
struct NamespaceContents: Sendable {
    private let items: [DefinitionItem]
    private let associations: [DefinitionAssociation]

    /// What a new namespace brings; valid by the form of namespaces.
    init(_ body: JSONValue, at now: Timestamp) {
        func item(_ kind: DefinitionItem.Kind, _ name: String, _ body: JSONValue) -> DefinitionItem {
            DefinitionItem(kind, name: name, body, created: now, updated: now)
        }
        var items = body.members("properties").map { item(.property, $0.name, $0.value) }
        items += body.elements("objects").map { item(.object, $0.text("name") ?? "", $0) }
        items += body.elements("tags").map { item(.tag, $0.text("name") ?? "", $0) }
        self.items = items
        associations = body.elements("resource_type_associations").map { DefinitionAssociation($0, at: now) }
    }

    init(of name: DefinitionNamespaceName, in transaction: any Transaction) throws {
        var items: [DefinitionItem] = []
        for kind in DefinitionItem.Kind.allCases {
            items += try DefinitionBook.list(kind, of: name, in: transaction)
        }
        self.items = items
        associations = try NamespaceBook.associations(of: [name], in: transaction)[name] ?? []
    }

    /// Throws 409 where one name stands twice.
    func insert(into name: DefinitionNamespaceName, in transaction: any Transaction) throws {
        try DefinitionBook.insert(items, into: name, in: transaction)
        try NamespaceBook.insert(associations, of: name, in: transaction)
    }

    /// The namespace on the wire, with what it holds.
    func bytes(of namespace: DefinitionNamespace) -> [UInt8] {
        var json = JSONWriter()
        json.object { json in
            namespace.write(to: &json)
            NamespaceEndpoints.write(associations, to: &json)
            json.member("properties") { json in Self.write(items.filter { $0.kind == .property }, to: &json) }
            for kind in [DefinitionItem.Kind.object, .tag] {
                json.member("\(kind.rawValue)s") { json in
                    json.array(items.filter { $0.kind == kind }) { json, item in item.write(to: &json, in: namespace) }
                }
            }
        }
        return json.bytes
    }

    /// Properties, each under its name.
    static func write(_ properties: [DefinitionItem], to json: inout JSONWriter) {
        json.object { json in
            for property in properties {
                json.member(property.name) { json in json.object { json in property.writeDocument(to: &json) } }
            }
        }
    }
}
