public import FoundationEssentials
public import Model

extension Schema {
    /// The schema of `type`: its own if it provides one, otherwise recorded from its `init(from:)`.
    ///
    /// Recorded objects ignore further keys; `strict` refuses them. If an `init(from:)` refuses the sample values, the
    /// recording ends early: such a type must provide its own schema.
    public static func of<Value: Decodable>(_ type: Value.Type) -> Schema {
        if let provider = type as? any SchemaProviding.Type { return provider.schema }
        if let choices = type as? any CaseIterable.Type, let texts = texts(of: choices) { return .oneOfTexts(texts) }
        let recording = Recording()
        _ = try? Value(from: RecordingDecoder(recording: recording))
        guard let versioned = type as? any VersionedView.Type else { return recording.schema }
        return recording.schema.since(versioned.since, gone: versioned.goneSince)
    }

    /// The same schema, with further keys refused in every object.
    package var strict: Schema {
        mapObjects(inMaps: false) { object in
            let others = if case .ignored = object.others { ObjectSchema.Others.refused } else { object.others }
            return ObjectSchema(object.properties, others: others, minProperties: object.minProperties)
        }
    }

    private static func texts<Choices: CaseIterable>(of type: Choices.Type) -> [String]? {
        let texts = type.allCases.compactMap { ($0 as? any RawRepresentable)?.rawValue as? String }
        return texts.isEmpty ? nil : texts
    }
}

extension String: SchemaProviding {}
extension Bool: SchemaProviding {}
extension Int: SchemaProviding {}
extension Int64: SchemaProviding { public static var schema: Schema { .integer } }
extension Double: SchemaProviding { public static var schema: Schema { .number } }
extension UUID: SchemaProviding { public static var schema: Schema { .uuid } }
extension UniqueID: SchemaProviding {}
extension NameID: SchemaProviding {}
extension Array: SchemaProviding where Element: Decodable {
    public static var schema: Schema { .array(Schema.of(Element.self)) }
}
extension Set: SchemaProviding where Element: Decodable {
    public static var schema: Schema { .array(Schema.of(Element.self)) }
}
extension Optional: SchemaProviding where Wrapped: Decodable {
    public static var schema: Schema { .nullable(Schema.of(Wrapped.self)) }
}
extension Dictionary: SchemaProviding where Key == String, Value: Decodable {
    public static var schema: Schema {
        .object(ObjectSchema([], others: .each(keyPattern: nil, Schema.of(Value.self))))
    }
}
extension JSONValue: SchemaProviding { public static var schema: Schema { .any } }
