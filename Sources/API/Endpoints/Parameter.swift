public import Model

/// A value read from a path segment or a query parameter.
public protocol ParameterValue: Sendable {
    static var schema: Schema { get }
    /// Nil when `text` has not the form of the value.
    init?(parameter text: String)
    /// What the form is, to complete the sentence "must be …": `a UUID`.
    static var form: String { get }
}

/// A parameter as the OpenAPI document and the validator see it.
public struct ParameterDescription: Sendable {
    public let name: String
    public let text: String
    public let schema: Schema
    public let isRepeatable: Bool
    public let isRequired: Bool
    public let since: Microversion?
    public let form: String
    let malformed: Fault.Kind
    let isValid: @Sendable (String) -> Bool
    /// What a malformed value is told; nil says what the form is.
    var refusal: (@Sendable (String) -> String)?

    /// Whether the version takes it; nil is any.
    func isLive(in version: Microversion?) -> Bool {
        guard let version, let since else { return true }
        return since <= version
    }
}

/// A typed segment of a path.
public struct PathParameter<Value: ParameterValue>: Sendable {
    public let name: String
    public let text: String
    /// What a malformed value answers: 404 where clients look up by name after it, 400 elsewhere.
    public let malformed: Fault.Kind
    /// The sentence for a malformed value, where the service's clients know another than "… is not a UUID".
    private let refusal: (@Sendable (String) -> String)?

    public init(
        _ name: String, _ text: String, malformed: Fault.Kind = .badRequest,
        refusal: (@Sendable (String) -> String)? = nil
    ) {
        self.name = name
        self.text = text
        self.malformed = malformed
        self.refusal = refusal
    }

    var description: ParameterDescription {
        ParameterDescription(
            name: name, text: text, schema: Value.schema, isRepeatable: false, isRequired: true, since: nil,
            form: Value.form, malformed: malformed, isValid: { Value(parameter: $0) != nil }, refusal: refusal)
    }
}

/// A typed parameter of the query.
public struct QueryParameter<Value: ParameterValue>: Sendable {
    public let name: String
    public let text: String
    public let isRepeatable: Bool
    public let isRequired: Bool
    /// The first microversion that knows it; before, it is unknown.
    public let since: APIVersion?

    public init(
        _ name: String, _ text: String, repeatable: Bool = false, required: Bool = false, since: APIVersion? = nil
    ) {
        self.name = name
        self.text = text
        self.isRepeatable = repeatable
        self.isRequired = required
        self.since = since
    }

    public var description: ParameterDescription {
        ParameterDescription(
            name: name, text: text, schema: Value.schema, isRepeatable: isRepeatable, isRequired: isRequired,
            since: since?.number, form: Value.form, malformed: .badRequest, isValid: { Value(parameter: $0) != nil })
    }
}

/// What an endpoint takes in its query.
public struct QueryRules: Sendable {
    public let parameters: [ParameterDescription]
    public let unknown: Unknown

    public enum Unknown: Sendable {
        /// 400, naming the parameter.
        case refuse
        /// As older Identity resources do.
        case ignore
        /// The handler reads `call.rawQuery` (granular groups of Placement, Identity's comparators).
        case collect
    }

    public init(_ parameters: [ParameterDescription], unknown: Unknown = .refuse) {
        self.parameters = parameters
        self.unknown = unknown
    }

    /// No parameters; any is refused.
    public static let none = QueryRules([])
    public static let anything = QueryRules([], unknown: .ignore)
}

extension String: ParameterValue {
    public static var schema: Schema { .string }
    public static var form: String { "text" }
    public init?(parameter text: String) { self = text }
}

extension Int: ParameterValue {
    public static var schema: Schema { .integer }
    public static var form: String { "a whole number" }
    public init?(parameter text: String) {
        guard let value = Int(text) else { return nil }
        self = value
    }
}

extension Bool: ParameterValue {
    public static var schema: Schema { .boolean }
    public static var form: String { "true or false" }
    /// `true`, `1`, `yes`, `on`, a bare key, and their opposites, in any case.
    public init?(parameter text: String) {
        switch text.lowercased() {
        case "true", "1", "yes", "on", "t", "y", "": self = true
        case "false", "0", "no", "off", "f", "n": self = false
        default: return nil
        }
    }
}

extension UniqueID: ParameterValue {
    public static var schema: Schema { .uuid }
    public static var form: String { "a UUID" }
    public init?(parameter text: String) { self.init(text) }
}

extension NameID: ParameterValue {
    public static var schema: Schema { .string }
    public static var form: String { "an id" }
    public init?(parameter text: String) { self.init(text) }
}
