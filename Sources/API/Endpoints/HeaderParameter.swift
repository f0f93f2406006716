import Model

/// A header that an endpoint heeds, besides those of every endpoint: for the OpenAPI document and the reference. The handler reads it and
/// refuses what it does not understand.
public struct HeaderParameter: Sendable {
    public let name: String
    private let text: String
    private let schema: Schema
    /// The first version that heeds it; earlier ones ignore it. Nil where every version of the endpoint does.
    public let since: APIVersion?

    public init(_ name: String, _ text: String, schema: Schema = .string, since: APIVersion? = nil) {
        self.name = name
        self.text = text
        self.schema = schema
        self.since = since
    }

    /// As the document describes it. Nothing is checked by it.
    var description: ParameterDescription {
        ParameterDescription(
            name: name, text: text, schema: schema, isRepeatable: false, isRequired: false, since: since?.number,
            form: "text", malformed: .badRequest, isValid: { _ in true })
    }
}
