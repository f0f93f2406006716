public import Model

/// A value read from a path segment or a query parameter.
public protocol ParameterValue: Sendable {
    static var schema: Schema { get }
    /// Nil if `text` does not have the form of the value.
    init?(parameter text: String)
    /// The form, completing the sentence "must be …": `a UUID`.
    static var form: String { get }
}

/// A parameter for the OpenAPI document and the validator.
public struct ParameterDescription: Sendable {
    public let name: String
    public let text: String
    public let schema: Schema
    package let isRepeatable: Bool
    public let isRequired: Bool
    public let since: Microversion?
    public let form: String
    let malformed: Fault.Kind
    let isValid: @Sendable (String) -> Bool
    /// The message for a malformed value; nil uses the form.
    var refusal: (@Sendable (String) -> String)?

    /// Whether the version has the parameter; nil means any version.
    func isLive(in version: Microversion?) -> Bool {
        guard let version, let since else { return true }
        return since <= version
    }
}

/// A typed segment of a path.
public struct PathParameter<Value: ParameterValue>: Sendable {
    public let name: String
    public let text: String
    /// The status for a malformed value: 404 if clients then look up by name, otherwise 400.
    public let malformed: Fault.Kind
    /// The message for a malformed value, if the service's clients expect another one than "… is not a UUID".
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
    package let isRepeatable: Bool
    public let isRequired: Bool
    /// The first microversion with the parameter; before, it is unknown.
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

/// The query parameters of an endpoint.
public struct QueryRules: Sendable {
    public let parameters: [ParameterDescription]
    public let unknown: Unknown

    public enum Unknown: Sendable {
        /// 400 that names the parameter.
        case refuse
        /// Ignored, as in older Identity resources.
        case ignore
        /// The handler reads `call.rawQuery` (granular groups of Placement, Identity's comparators).
        case collect
    }

    public init(_ parameters: [ParameterDescription], unknown: Unknown = .refuse) {
        self.parameters = parameters
        self.unknown = unknown
    }

    /// No parameters; any parameter is refused.
    public static let none = QueryRules([])
    public static let anything = QueryRules([], unknown: .ignore)
}

extension String: ParameterValue {
    public static var schema: Schema { .string }
    public static var form: String { "text" }
    public init?(parameter text: String) { self = text }
}

/// Counts and numbers of rows: from 0 to the greatest number that every reader of JSON keeps exactly.
extension Int: ParameterValue {
    private static let bounds = 0...9_007_199_254_740_991

    public static var schema: Schema { .integerRange(bounds.lowerBound, bounds.upperBound) }
    public static var form: String { "a whole number from \(bounds.lowerBound) to \(bounds.upperBound)" }
    public init?(parameter text: String) {
        guard let value = Int(text), Self.bounds.contains(value) else { return nil }
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
