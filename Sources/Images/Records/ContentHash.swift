/// The digest of an image's data, with the name of its algorithm as Python knows it.
struct ContentHash: Equatable, Sendable {
    let algorithm: String
    /// Hexadecimal digits in lower case.
    let value: String

    static func sha512(_ value: String) -> ContentHash { ContentHash(algorithm: "sha512", value: value) }
}
