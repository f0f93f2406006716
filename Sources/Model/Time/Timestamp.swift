/// A moment: whole microseconds since 1970-01-01T00:00:00 UTC, leap seconds not counted.
public struct Timestamp: Hashable, Sendable, Comparable {
    public let microseconds: Int64

    public init(microseconds: Int64) {
        self.microseconds = microseconds
    }

    public static func < (left: Self, right: Self) -> Bool { left.microseconds < right.microseconds }

    public static func + (moment: Self, duration: Duration) -> Timestamp {
        Timestamp(microseconds: moment.microseconds + duration.wholeMicroseconds)
    }

    public static func - (moment: Self, duration: Duration) -> Timestamp {
        Timestamp(microseconds: moment.microseconds - duration.wholeMicroseconds)
    }

    public func since(_ earlier: Timestamp) -> Duration {
        .microseconds(microseconds - earlier.microseconds)
    }
}

/// As its number of microseconds.
extension Timestamp: Codable {
    public init(from decoder: any Decoder) throws {
        microseconds = try decoder.singleValueContainer().decode(Int64.self)
    }

    public func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        try container.encode(microseconds)
    }
}

extension Duration {
    /// Rounded towards zero.
    public var wholeMicroseconds: Int64 {
        components.seconds * 1_000_000 + components.attoseconds / 1_000_000_000_000
    }
}
