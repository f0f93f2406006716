import API
import Model

extension Schema {
    static let generation = Schema.integer
    static let resourceClassName = Schema.text(minLength: nil, maxLength: nil, pattern: "^[A-Z0-9_]+$", format: nil)
    static let customName = Schema.text(minLength: 1, maxLength: 255, pattern: "^CUSTOM_[A-Z0-9_]+$", format: nil)
    static let traitName = Schema.text(minLength: 1, maxLength: 255, pattern: nil, format: nil)
    static let uuidPattern = "^[0-9a-fA-F-]{36}$"
    static let identityID = Schema.text(minLength: 1, maxLength: 255, pattern: nil, format: nil)

    static func fields(_ properties: ObjectSchema.Property...) -> Schema { .object(ObjectSchema(properties)) }

    /// An object whose keys follow `pattern`.
    static func map(_ pattern: String?, _ value: Schema, atLeast: Int? = nil) -> Schema {
        .object(ObjectSchema([], others: .each(keyPattern: pattern, value), minProperties: atLeast))
    }

    /// Amounts by resource class.
    static let amounts = Schema.map("^[A-Z0-9_]+$", .integerRange(1, nil), atLeast: 1)
    /// Counts by resource class in an answer.
    static let counts = Schema.map(nil, .integer)
    static let uniqueUUIDs = Schema.array(of: .uuid, minItems: nil, maxItems: nil, unique: true)
    static let traitNames = Schema.array(.traitName)
}

extension ObjectSchema.Property {
    static func required(_ name: String, _ schema: Schema) -> Self { .init(name, schema) }
    static func optional(_ name: String, _ schema: Schema) -> Self { .init(name, schema, required: false) }
}

extension Endpoint.Answer {
    static func schema(_ schema: Schema, status: Int = 200) -> Self { .init(status: status, schema: schema) }
}
