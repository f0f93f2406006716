/// Why an image's signature is not verified.
public enum SignatureFault: Error, Sendable, Equatable, CustomStringConvertible {
    case certificate(CertificateFault)
    /// The certificate's key is not of the type that the image names.
    case keyMismatch(SignatureKeyType)
    /// It is no signature of that type at all.
    case malformed
    /// The data, the key or the hash are others than were signed.
    case mismatch

    public var description: String {
        switch self {
        case .certificate(let fault): fault.description
        case .keyMismatch(let type): "the certificate's key is not of the type \(type.rawValue) that the image names"
        case .malformed: "the signature is not of the form that its key makes"
        case .mismatch: "the signature does not match the data"
        }
    }
}
