/// A moment: whole microseconds since 1970-01-01T00:00:00 UTC, leap seconds not counted.
public struct Timestamp: Hashable, Sendable, Comparable {
    public let microseconds: Int64

    public init(microseconds: Int64) {
        self.microseconds = microseconds
    }

    public static func < (left: Self, right: Self) -> Bool { left.microseconds < right.microseconds }

    /// Saturates at the last or first representable moment, because the numbers of moments also come from outside.
    public static func + (moment: Self, duration: Duration) -> Timestamp {
        let (sum, isBeyond) = moment.microseconds.addingReportingOverflow(duration.wholeMicroseconds)
        return Timestamp(microseconds: isBeyond ? (moment.microseconds < 0 ? .min : .max) : sum)
    }

    /// Saturates at the first or last representable moment.
    public static func - (moment: Self, duration: Duration) -> Timestamp {
        let (difference, isBeyond) = moment.microseconds.subtractingReportingOverflow(duration.wholeMicroseconds)
        return Timestamp(microseconds: isBeyond ? (moment.microseconds < 0 ? .min : .max) : difference)
    }

    public func since(_ earlier: Timestamp) -> Duration {
        let (difference, isBeyond) = microseconds.subtractingReportingOverflow(earlier.microseconds)
        return .microseconds(isBeyond ? (microseconds < 0 ? .min : .max) : difference)
    }
}

/// Encoded as the number of microseconds.
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
    /// Rounded towards zero; saturates at the largest or smallest number.
    public var wholeMicroseconds: Int64 {
        let (seconds, attoseconds) = components
        let (product, isBeyond) = seconds.multipliedReportingOverflow(by: 1_000_000)
        let (sum, isOver) = product.addingReportingOverflow(attoseconds / 1_000_000_000_000)
        return isBeyond || isOver ? (seconds < 0 ? .min : .max) : sum
    }
}
