/// A parsed JSON value, which the validator checks and typed bodies are decoded from.
public enum JSONValue: Sendable, Equatable {
    case null
    case bool(Bool)
    case integer(Int)
    /// Every number that is not an integer of 64 bits.
    case number(Double)
    case text(String)
    case array([JSONValue])
    /// Members in the sender's order; of several with one name, the last counts.
    case object([Member])

    public struct Member: Sendable, Equatable {
        public let name: String
        public let value: JSONValue

        public init(_ name: String, _ value: JSONValue) {
            self.name = name
            self.value = value
        }
    }

    /// The member's value; nil if this is not an object or has no such member.
    public subscript(name: String) -> JSONValue? {
        guard case .object(let members) = self else { return nil }
        return members.last { $0.name == name }?.value
    }

    /// How messages name the type.
    package var typeName: String {
        switch self {
        case .null: "null"
        case .bool: "a boolean"
        case .integer: "an integer"
        case .number: "a number"
        case .text: "a string"
        case .array: "an array"
        case .object: "an object"
        }
    }

    /// The value as messages show it, cut where it is long.
    package var shown: String {
        var writer = JSONWriter()
        writer.value(self)
        let text = String(decoding: writer.bytes, as: UTF8.self)
        return text.count > 80 ? text.prefix(77) + "..." : text
    }
}
