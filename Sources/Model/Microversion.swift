/// A microversion `major.minor` of one API family.
public struct Microversion: Hashable, Sendable, Comparable, CustomStringConvertible, LosslessStringConvertible {
    public let major: Int
    public let minor: Int

    public init(_ major: Int, _ minor: Int) {
        self.major = major
        self.minor = minor
    }

    /// Nil unless `text` is two runs of at most six digits joined by a dot.
    public init?(_ text: String) {
        let parts = text.split(separator: ".", omittingEmptySubsequences: false)
        guard parts.count == 2, let major = Self.digits(parts[0]), let minor = Self.digits(parts[1]) else { return nil }
        self.init(major, minor)
    }

    private static func digits(_ text: Substring) -> Int? {
        guard (1...6).contains(text.utf8.count), text.utf8.allSatisfy({ (48...57).contains($0) }) else { return nil }
        return Int(text)
    }

    public var description: String { "\(major).\(minor)" }

    public static func < (left: Self, right: Self) -> Bool {
        (left.major, left.minor) < (right.major, right.minor)
    }
}
