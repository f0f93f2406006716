public import Model

/// What is wrong with a value, and where: `groups[0].trait:CUSTOM_X`.
///
/// There are two texts: one in this program's words, and one in the words of Python's jsonschema, which clients of the
/// original services know.
public struct SchemaProblem: Sendable, Equatable {
    /// JSON Schema's keyword that the value violates, such as `minimum`, `required`.
    public let keyword: String
    public let reason: String
    /// The reason in jsonschema's words: `'x' is not of type 'integer'`.
    package private(set) var schemaReason: String
    /// A member that is missing or not allowed.
    private let member: String?
    /// From the wrong value outwards.
    private var steps: [Step] = []

    enum Step: Sendable, Equatable {
        case member(String)
        /// A member whose name is only restricted by a pattern.
        case named(String, pattern: String?)
        case element(Int)
    }

    private init(_ keyword: String, _ reason: String, _ schemaReason: String? = nil, member: String? = nil) {
        self.keyword = keyword
        self.reason = reason
        self.schemaReason = schemaReason ?? reason
        self.member = member
    }

    func within(_ step: Step) -> SchemaProblem {
        var outer = self
        outer.steps.append(step)
        return outer
    }

    /// Adds that null would be valid, too.
    mutating func admitNull() {
        if steps.isEmpty, keyword == "type" { schemaReason += ", 'null'" }
    }

    /// The place in the value; empty for the value itself.
    public var path: String {
        var path = ""
        for step in steps.reversed() {
            switch step {
            case .member(let name), .named(let name, _): path = Self.join(path, name)
            case .element(let index): path += "[\(index)]"
            }
        }
        return member.map { Self.join(path, $0) } ?? path
    }

    /// The place in the schema: `schema['properties']['total']`.
    var schemaPath: String {
        var path = "schema"
        for step in steps.reversed() {
            switch step {
            case .member(let name): path += "['properties']['\(name)']"
            case .named(_, let pattern?): path += "['patternProperties']['\(pattern)']"
            case .named(_, nil): path += "['additionalProperties']"
            case .element: path += "['items']"
            }
        }
        return path
    }

    /// How deep in the value the problem is.
    var depth: Int { steps.count + (member == nil ? 0 : 1) }

    private static func join(_ path: String, _ name: String) -> String {
        path.isEmpty ? String(name.prefix(80)) : "\(path).\(name.prefix(80))"
    }

    public var fault: Fault {
        let path = path
        return .badRequest(path.isEmpty ? reason : "Invalid input for field/attribute \(path). \(reason)", field: path)
    }
}

extension SchemaProblem {
    static func wrongType(_ value: JSONValue, _ wanted: String) -> SchemaProblem {
        let article = "aio".contains(wanted.prefix(1)) ? "an" : "a"
        return SchemaProblem(
            "type", "\(value.shown) is \(value.typeName), which must be \(article) \(wanted)",
            "\(value.quoted) is not of type '\(wanted)'")
    }

    static func tooSmall(_ value: JSONValue, _ bound: String) -> SchemaProblem {
        SchemaProblem("minimum", "\(value.shown) is less than the minimum of \(bound)")
    }

    static func tooLarge(_ value: JSONValue, _ bound: String) -> SchemaProblem {
        SchemaProblem("maximum", "\(value.shown) is greater than the maximum of \(bound)")
    }

    static func length(_ value: JSONValue, _ keyword: String, _ what: String) -> SchemaProblem {
        SchemaProblem(keyword, "\(value.shown) is \(what)", "\(value.quoted) is \(what)")
    }

    static func tooMany(_ count: Int, _ most: Int) -> SchemaProblem {
        SchemaProblem("maxItems", "it has \(count) elements; at most \(most) are possible")
    }

    static func unmatched(_ value: JSONValue, _ pattern: String, format: String?) -> SchemaProblem {
        guard format == "uuid" else {
            return SchemaProblem(
                "pattern", "\(value.shown) does not match '\(pattern)'", "\(value.quoted) does not match '\(pattern)'")
        }
        return SchemaProblem(
            "format", "\(value.shown) does not match '\(pattern)'", "\(value.quoted) is not a 'uuid'")
    }

    static func noChoice(_ value: JSONValue, _ choices: [String]) -> SchemaProblem {
        let known = choices.map { "'\($0)'" }.joined(separator: ", ")
        return SchemaProblem(
            "enum", "\(value.shown) is not one of \(known)", "\(value.quoted) is not one of [\(known)]")
    }

    static func repeated(_ item: JSONValue, of value: JSONValue) -> SchemaProblem {
        SchemaProblem(
            "uniqueItems", "\(item.shown) stands in it more than once",
            "\(value.shown) has non-unique elements: \(item.quoted) stands in it more than once")
    }

    static func missing(_ name: String) -> SchemaProblem {
        SchemaProblem("required", "'\(name)' is a required property", member: name)
    }

    static func tooFewMembers(_ value: JSONValue, _ least: Int) -> SchemaProblem {
        SchemaProblem(
            "minProperties", "\(value.shown) has too few members; at least \(least) are needed",
            "\(value.shown) " + (least == 1 ? "should be non-empty" : "does not have enough properties"))
    }

    static func tooManyMembers(_ count: Int, _ most: Int) -> SchemaProblem {
        SchemaProblem("maxProperties", "it has \(count) members; at most \(most) are possible")
    }

    static func unexpected(_ name: String) -> SchemaProblem {
        SchemaProblem(
            "additionalProperties", "Additional properties are not allowed ('\(name.prefix(80))' was unexpected)",
            member: name)
    }

    static func unmatchedName(_ name: String, _ pattern: String) -> SchemaProblem {
        SchemaProblem(
            "additionalProperties", "'\(name.prefix(80))' does not match '\(pattern)', as names here must",
            "'\(name.prefix(80))' does not match any of the regexes: '\(pattern)'", member: name)
    }
}

extension JSONValue {
    /// As `shown`, a text in single quotes.
    fileprivate var quoted: String {
        guard case .text(let text) = self else { return shown }
        return text.count > 80 ? "'\(text.prefix(77))...'" : "'\(text)'"
    }
}
