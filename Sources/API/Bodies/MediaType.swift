/// A media type without its parameters, in lower case: `application/json`.
public struct MediaType: Sendable, Hashable, ExpressibleByStringLiteral, CustomStringConvertible {
    public let description: String

    /// - Parameter field: the value of `Content-Type`; its parameters are dropped
    public init(_ field: String) {
        description = field.prefix { $0 != ";" }.lowercased().split(separator: " ").joined()
    }

    public init(stringLiteral value: String) { self.init(value) }

    public static let json: MediaType = "application/json"
    public static let octetStream: MediaType = "application/octet-stream"
    /// A JSON value in each line.
    public static let jsonLines: MediaType = "application/x-ndjson"

    /// Whether a document of this type is JSON.
    var isJSON: Bool { self == .json || description.hasSuffix("+json") }
}
