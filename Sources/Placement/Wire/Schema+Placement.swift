import API
import Model

extension Schema {
    /// Any integer that JSON's users can hold exactly; a popular provider exceeds 2³¹ in days.
    static let generation = Schema.integerRange(-(1 << 53), 1 << 53)
    static let resourceClassName = Schema.text(minLength: nil, maxLength: nil, pattern: "^[A-Z0-9_]+$", format: nil)
    static let customName = Schema.text(minLength: 1, maxLength: 255, pattern: "^CUSTOM_[A-Z0-9_]+$", format: nil)
    static let traitName = Schema.text(minLength: 1, maxLength: 255, pattern: nil, format: nil)
    static let uuidPattern = "^[0-9a-fA-F-]{36}$"
    static let identityID = Schema.text(minLength: 1, maxLength: 255, pattern: nil, format: nil)

    /// An object whose keys follow `pattern`.
    static func map(_ pattern: String?, _ value: Schema, atLeast: Int? = nil) -> Schema {
        .object(ObjectSchema([], others: .each(keyPattern: pattern, value), minProperties: atLeast))
    }

    /// Amounts by resource class. No inventory has more, and the sum of all amounts in a body still fits into an Int.
    static let amounts = Schema.map("^[A-Z0-9_]+$", .integerRange(1, Inventory.limit), atLeast: 1)
    /// Counts by resource class in a response.
    static let counts = Schema.map(nil, .integer)
    static let uniqueUUIDs = Schema.array(of: .uuid, minItems: nil, maxItems: nil, unique: true)
    static let traitNames = Schema.array(.traitName)
}

extension Endpoint.Answer {
    static func schema(_ schema: Schema, status: Int = 200) -> Self { .init(status: status, schema: schema) }
}
