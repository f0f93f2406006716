/// Where the chain of a host's sanitisation certificates ends. Its agent keeps it, so that a control plane whose database was set
/// back learns of it.
public struct CertificateChainHead: Sendable, Codable, Equatable {
    public var number: Int64
    /// Of the last certificate's statement.
    public var hash: String

    public init(number: Int64, hash: String) {
        self.number = number
        self.hash = hash
    }
}
