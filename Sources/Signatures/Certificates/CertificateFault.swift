/// Why a certificate cannot be used to verify an image.
public enum CertificateFault: Error, Sendable, Equatable, CustomStringConvertible {
    case unreadable
    /// Its key is of a kind that is not supported: `DSA`, `a binary curve`.
    case unsupportedKey(String)
    /// It is itself signed in a way that is not supported: `ECDSA with SHA-224`.
    case unsupportedSignature(String)
    case notYetValid
    case expired
    /// No chain of trusted certificates leads from it to a root that is trusted.
    case untrusted
    /// There is a chain, and a certificate in it may not have so many below it.
    case chainTooLong

    public var description: String {
        switch self {
        case .unreadable: "the certificate is neither PEM nor DER of an X.509 certificate"
        case .unsupportedKey(let kind): "the certificate's key is \(kind), and must be RSA or on P-256, P-384 or P-521"
        case .unsupportedSignature(let kind): "the certificate is signed by \(kind), which is not supported"
        case .notYetValid: "the certificate is not valid yet"
        case .expired: "the certificate has expired"
        case .untrusted: "no chain of trusted certificates leads from the certificate to a trusted root"
        case .chainTooLong: "a certificate in the chain does not allow so many certificates below it"
        }
    }
}
