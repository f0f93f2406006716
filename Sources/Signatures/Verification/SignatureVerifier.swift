public import Model
import X509

/// Verifies an image's signature while its bytes pass.
///
///     var verifier = try SignatureVerifier(properties, certificate, at: time.now())
///     verifier.take(chunk)   // as often as chunks arrive
///     try verifier.finish()  // throws unless the signature is one over all of them
public struct SignatureVerifier: Sendable {
    private let signature: [UInt8]
    private let hash: SignatureHash
    private let key: VerificationKey
    private var running: RunningHash

    /// Throws for a certificate that is not valid at `moment`, or whose key is not of the type that the properties name.
    public init(
        _ properties: SignatureProperties, _ certificate: ImageCertificate, at moment: Timestamp
    ) throws(SignatureFault) {
        do throws(CertificateFault) {
            try certificate.check(at: moment)
        } catch {
            throw .certificate(error)
        }
        guard let key = VerificationKey(certificate.certificate.publicKey, properties.keyType) else {
            throw .keyMismatch(properties.keyType)
        }
        self.key = key
        signature = properties.signature
        hash = properties.hash
        running = RunningHash(properties.hash)
    }

    public mutating func take(_ chunk: Span<UInt8>) { running.take(chunk) }

    /// Throws unless the signature is one over all the bytes that were taken.
    public func finish() throws(SignatureFault) { try running.check(signature, by: key, hash) }
}
