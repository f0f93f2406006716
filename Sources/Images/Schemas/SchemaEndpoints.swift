import API
import HTTPTypes
import Model

/// `/v2/schemas`: the forms of this API's documents, for clients that read them.
struct SchemaEndpoints: Sendable {
    let options: ImageOptions

    private static let form = Schema.object(
        ObjectSchema([.init("name", .string)], others: .each(keyPattern: nil, .any)))

    /// One endpoint for each document, rendered once.
    var all: [Endpoint] {
        (SchemaDocuments(options: options).all + DefinitionDocuments.all).map { name, document in
            var json = JSONWriter()
            json.value(document)
            let bytes = json.bytes
            return Endpoint(
                .get, PathTemplate(stringLiteral: "/v2/schemas/\(name)"), "Show the form of '\(name)' documents",
                query: .anything, access: .authenticated, answers: Endpoint.Answer(status: 200, schema: Self.form)
            ) { _ in .json(bytes: bytes) }
        }
    }
}
