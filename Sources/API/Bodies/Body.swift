public import Model

/// What an endpoint takes as its body, with the type that its handler is given.
public struct Body<Value: Sendable>: Sendable {
    let rules: BodyRules
}

extension Body where Value: Decodable {
    /// JSON that is validated against the schema, then decoded.
    public static func json(_ type: Value.Type, schema: Schema? = nil) -> Body {
        let schema = schema ?? Schema.of(Value.self)
        return Body(
            rules: BodyRules(
                contents: [.init(type: .json, schema: schema)],
                form: .json(schema) { bytes, value throws(Fault) in
                    BodyValue(try decodeBody(Value.self, from: bytes, value))
                }))
    }
}

extension Body where Value == PatchDocument {
    /// A document of changes in one of several media types, each with a schema of its own; others are refused with 415.
    public static func patch(_ forms: KeyValuePairs<MediaType, Schema>) -> Body {
        Body(rules: BodyRules(contents: forms.map { .init(type: $0.key, schema: $0.value) }, form: .patch))
    }
}

extension Body where Value == BodyStream {
    /// Data that the handler reads as it arrives.
    ///
    /// - Parameters:
    ///   - types: other media types are refused with 415
    ///   - limit: bytes; one more is refused with 413, in the middle where the length was not said. Nil is unlimited
    public static func stream(_ types: MediaType..., limit: Int? = nil) -> Body {
        Body(
            rules: BodyRules(contents: types.map { .init(type: $0, schema: nil) }, form: .stream(limit: limit)))
    }
}

extension Body {
    /// JSON values in lines, which the handler reads as they arrive. They go on while the response is written, for as long as it
    /// takes and as slowly as the client likes: for callers who may hold a connection.
    ///
    /// - Parameter longest: bytes of a line
    public static func lines<Item: Decodable & Sendable>(
        of type: Item.Type, schema: Schema? = nil, longest: Int = 64 * 1024
    ) -> Body where Value == JSONLines<Item> {
        let schema = schema ?? Schema.of(Item.self)
        return Body(
            rules: BodyRules(
                contents: [.init(type: .jsonLines, schema: schema)],
                form: .lines { body, malformed in
                    BodyValue(JSONLines<Item>(body, schema: schema, longest: longest, malformed: malformed))
                }))
    }
}

/// A document of changes as it was sent, valid by the schema of its media type.
public struct PatchDocument: Sendable {
    public let mediaType: MediaType
    public let value: JSONValue
}
