public import Model

/// A version of a service's API under a name, with a sentence of what it brings.
///
/// A service lists its versions once, as members of this type. Endpoints, parameters and views name them, so that no number
/// stands alone in the sources, and the page of the service's versions is made of them:
///
///     extension APIVersion {
///         static let traits = APIVersion(1, 6, "Traits, and those of a resource provider.")
///     }
///
///     Endpoint(.get, "/traits", "List traits", since: .traits, …)
///     if call.version >= .traits { … }
public struct APIVersion: Sendable, Comparable, CustomStringConvertible {
    public let number: Microversion
    private let words: StaticString

    /// - Parameter text: what it brings, as a sentence
    public init(_ major: Int, _ minor: Int, _ text: StaticString) {
        number = Microversion(major, minor)
        words = text
    }

    /// What it brings, as a sentence.
    public var text: String { "\(words)" }

    public var description: String { number.description }

    /// The version just before, the last one without what this one brings.
    var predecessor: Microversion { Microversion(number.major, number.minor - 1) }

    public static func == (left: Self, right: Self) -> Bool { left.number == right.number }
    public static func < (left: Self, right: Self) -> Bool { left.number < right.number }

    /// Whether a request of version `asked` has what `version` brings.
    public static func >= (asked: Microversion, version: APIVersion) -> Bool { asked >= version.number }
    /// Whether a request of version `asked` is from before `version`.
    public static func < (asked: Microversion, version: APIVersion) -> Bool { asked < version.number }
}
