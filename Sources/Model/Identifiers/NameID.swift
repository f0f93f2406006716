/// An identifier that is free text, typed by what it identifies: Identity's ids (32 hexadecimal digits, or `default`)
/// and names that are keys.
public struct NameID<Kind>: Hashable, Sendable, CustomStringConvertible, LosslessStringConvertible {
    public let text: String

    public init(_ text: String) {
        self.text = text
    }

    public var description: String { text }
}

extension NameID: ExpressibleByStringLiteral {
    public init(stringLiteral value: String) {
        self.init(value)
    }
}

extension NameID: Comparable {
    public static func < (left: Self, right: Self) -> Bool { left.text < right.text }
}

extension NameID: Codable {
    public init(from decoder: any Decoder) throws {
        self.init(try decoder.singleValueContainer().decode(String.self))
    }

    public func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        try container.encode(text)
    }
}
