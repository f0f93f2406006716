import Model

/// The end of the chain of a host's sanitisation certificates. The host's agent keeps it, so that a control plane whose
/// database was set back can detect that.
public struct CertificateChainHead: Sendable, Codable, Equatable {
    public var number: Int64
    /// The hash of the last certificate's statement.
    public var hash: String

    public init(number: Int64, hash: String) {
        self.number = number
        self.hash = hash
    }
}

extension CertificateChainHead {
    /// Nil where it has not this form.
    init?(_ value: JSONValue?) {
        guard let number = value?["number"]?.integer, let hash = value?["hash"]?.text else { return nil }
        self.init(number: Int64(number), hash: hash)
    }

    var value: JSONValue { .object([.init("hash", .text(hash)), .init("number", .integer(Int(number)))]) }
}
