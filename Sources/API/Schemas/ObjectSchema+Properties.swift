extension Schema {
    /// An object of these properties and no others.
    public static func fields(_ properties: ObjectSchema.Property...) -> Schema { .object(ObjectSchema(properties)) }
}

extension ObjectSchema.Property {
    public static func required(_ name: String, _ schema: Schema) -> Self { .init(name, schema) }
    /// - Parameter since: the first version that has it; nil is any
    public static func optional(_ name: String, _ schema: Schema, since: APIVersion? = nil) -> Self {
        .init(name, schema, required: false, since: since)
    }
}
