extension Schema {
    /// The schema of `type`: its own where it provides one, else recorded from its `init(from:)`.
    public static func of<Value: Decodable>(_ type: Value.Type) -> Schema {
        if let provider = type as? any SchemaProviding.Type { return provider.schema }
        return .any
    }
}
