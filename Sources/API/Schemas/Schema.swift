import Model

/// The form of a JSON value, after JSON Schema 2020-12. Validates bodies and becomes part of the OpenAPI document.
public indirect enum Schema: Sendable, Equatable {
    /// Any JSON value.
    case any
    case boolean
    case integerRange(Int?, Int?)
    case numberRange(Double?, Double?)
    /// Lengths in Unicode scalars; `pattern` as in ECMA 262, anchored only by `^` and `$`; `format` is only
    /// informative.
    case text(minLength: Int?, maxLength: Int?, pattern: String?, format: String?)
    case oneOfTexts([String])
    case array(of: Schema, minItems: Int?, maxItems: Int?, unique: Bool)
    case object(ObjectSchema)
    case nullable(Schema)
    case anyOf([Schema])
    /// A schema with a name, listed once among the document's components.
    case named(String, Schema)

    public static let string = Schema.text(minLength: nil, maxLength: nil, pattern: nil, format: nil)
    public static let integer = Schema.integerRange(nil, nil)
    public static let number = Schema.numberRange(nil, nil)
    public static let uuid = Schema.text(
        minLength: nil, maxLength: nil,
        pattern: "^[0-9a-fA-F]{8}-?[0-9a-fA-F]{4}-?[0-9a-fA-F]{4}-?[0-9a-fA-F]{4}-?[0-9a-fA-F]{12}$", format: "uuid")

    public static func array(_ element: Schema) -> Schema {
        .array(of: element, minItems: nil, maxItems: nil, unique: false)
    }
}

/// The form of a JSON object.
public struct ObjectSchema: Sendable, Equatable {
    public struct Property: Sendable, Equatable {
        public let name: String
        public let schema: Schema
        public let isRequired: Bool
        /// The first version that has it; nil is any.
        let since: Microversion?
        /// The first version that no longer has it; nil is none.
        let goneSince: Microversion?

        /// Whether a version has it.
        func isLive(in version: Microversion) -> Bool {
            (since.map { $0 <= version } ?? true) && (goneSince.map { version < $0 } ?? true)
        }

        public init(_ name: String, _ schema: Schema, required: Bool = true, since: APIVersion? = nil) {
            self.init(name, schema, required: required, from: since?.number, goneSince: nil)
        }

        init(_ name: String, _ schema: Schema, required: Bool, from since: Microversion?, goneSince: Microversion?) {
            self.name = name
            self.schema = schema
            self.isRequired = required
            self.since = since
            self.goneSince = goneSince
        }
    }

    public enum Others: Sendable, Equatable {
        /// Further keys are refused.
        case refused
        /// Further keys are ignored.
        case ignored
        /// Further keys must match `keyPattern`, if there is one, and their values the schema.
        indirect case each(keyPattern: String?, Schema)
    }

    public let properties: [Property]
    public let others: Others
    public let minProperties: Int?
    /// The index of each property in `properties`.
    let places: [String: Int]

    /// Maximum number of ignored members in an object.
    static let mostIgnored = 1000

    public init(_ properties: [Property], others: Others = .refused, minProperties: Int? = nil) {
        self.properties = properties
        self.others = others
        self.minProperties = minProperties
        places = Dictionary(properties.enumerated().map { ($1.name, $0) }) { first, _ in first }
    }
}

/// A type that provides its own schema, because recording its decoder would not show the constraints.
public protocol SchemaProviding {
    static var schema: Schema { get }
}
