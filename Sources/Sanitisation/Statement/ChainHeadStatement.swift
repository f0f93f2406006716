public import Model

/// Where the chain of a host's certificates ended at a time: kept with them, it shows when the last ones are missing.
public struct ChainHeadStatement: Sendable, Codable, Equatable {
    /// The format that this program writes.
    static let currentFormat = "kilonova-sanitisation-head/1"

    public var format: String
    public var host: String
    /// Of the last certificate.
    public var number: Int64
    /// Its `StatementHash`.
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
