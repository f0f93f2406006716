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

/// A document of changes as it was sent, valid by the schema of its media type.
public struct PatchDocument: Sendable {
    public let mediaType: MediaType
    public let value: JSONValue
}
