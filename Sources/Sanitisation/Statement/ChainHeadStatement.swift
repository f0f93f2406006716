public import Model

/// The end of a host's chain of certificates at a moment. Kept beside them, it shows whether the last ones are missing.
public struct ChainHeadStatement: Sendable, Codable, Equatable {
    /// The format that this program writes.
    static let currentFormat = "kilonova-sanitisation-head/1"

    public var format: String
    public var host: String
    /// The number of the last certificate.
    public var number: Int64
    /// The `StatementHash` of the last certificate.
    public var hash: String
    public var issued: String

    public init(host: HostName, number: Int64, hash: String, issued: Timestamp) {
        format = Self.currentFormat
        self.host = host.text
        self.number = number
        self.hash = hash
        self.issued = issued.isoZulu
    }
}
