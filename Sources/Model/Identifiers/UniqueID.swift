public import FoundationEssentials

/// A UUID typed by what it identifies, so that a provider's id cannot be passed in place of a device's.
///
/// Text form: 36 characters, lower case, dashed. When it is read from text, dashes are optional and case does not
/// matter.
public struct UniqueID<Kind>: Hashable, Sendable, CustomStringConvertible, LosslessStringConvertible {
    public let uuid: UUID

    public init(_ uuid: UUID) {
        self.uuid = uuid
    }

    /// Nil when `text` is not a UUID, dashed (36 characters) or plain (32 hexadecimal digits).
    public init?(_ text: String) {
        guard let uuid = UUIDText.read(text) else { return nil }
        self.uuid = uuid
    }

    public var description: String { UUIDText.write(uuid) }
}

extension UniqueID: Comparable {
    public static func < (left: Self, right: Self) -> Bool { left.uuid < right.uuid }
}

extension UniqueID: Codable {
    public init(from decoder: any Decoder) throws {
        let container = try decoder.singleValueContainer()
        let text = try container.decode(String.self)
        guard let id = UniqueID(text) else {
            throw DecodingError.dataCorruptedError(in: container, debugDescription: "'\(text)' is not a UUID")
        }
        self = id
    }

    public func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        try container.encode(description)
    }
}
