import API
import HTTPTypes
import Model
import Store

/// New tags of a namespace, which come one by one in the path, or several in a body.
struct TagDefinitionEndpoints: Sendable {
    let items: ItemEndpoints

    private static let name = PathParameter<String>("tag_name", "The name of the tag")
    private static let header = HTTPField.Name("X-OpenStack-Append")

    var all: [Endpoint] {
        [
            Endpoint(
                .post, "/v2/metadefs/namespaces/\(NamespaceEndpoints.name)/tags/\(Self.name)",
                "Add a tag to a namespace of definitions", query: .anything,
                access: .ruleInHandler("add_metadef_tag"),
                answers: Endpoint.Answer(status: 201, schema: DefinitionForms.shown(.tag)), faults: [.conflict]
            ) { call in
                let name = try call[Self.name]
                guard name.unicodeScalars.count <= 80 else {
                    throw Fault.badRequest("The name of a tag may have at most 80 characters.", field: "tag_name")
                }
                let now = items.time.now()
                return try await items.create(
                    DefinitionItem(.tag, name: name, .object([]), created: now, updated: now), call)
            },
            Endpoint(
                .post, "/v2/metadefs/namespaces/\(NamespaceEndpoints.name)/tags",
                "Replace the tags of a namespace of definitions, or add to them", query: .anything,
                body: JSONValue.self, schema: DefinitionForms.sentTags, access: .ruleInHandler("add_metadef_tags"),
                answers: Endpoint.Answer(status: 201, schema: DefinitionForms.shownTags), faults: [.conflict]
            ) { call, body in try await replace(call, body) },
        ]
    }

    private func replace(_ call: Call, _ body: JSONValue) async throws -> Reply {
        let now = items.time.now()
        let tags = body.elements("tags").map {
            DefinitionItem(.tag, name: $0.text("name") ?? "", .object([]), created: now, updated: now)
        }
        let isMore = Self.header.flatMap { call.headers[$0] }?.lowercased() == "true"
        let namespace = try await items.change(call, "add_metadef_tags") { namespace, transaction in
            if !isMore { try DefinitionBook.removeAll(.tag, of: namespace.name, in: transaction) }
            try DefinitionBook.insert(tags, into: namespace.name, in: transaction)
        }
        var json = JSONWriter()
        json.object { json in
            json.member("tags") { json in
                json.array(tags) { json, tag in tag.write(to: &json, in: namespace) }
            }
        }
        return .json(bytes: json.bytes, status: 201)
    }
}
