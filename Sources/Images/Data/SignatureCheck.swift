import Clients
import FoundationEssentials
import Model
import Signatures

/// Verifies signatures of images: finds the certificate in the key manager, and makes what the data pass through.
///
/// Every failure is 400 with the words that clients know, but those of a key manager that does not respond.
struct SignatureCheck: Sendable {
    /// Nil where no key manager is known.
    let certificates: (any CertificateSecrets)?
    /// Whether some of the four properties count as none.
    let allowsPart: Bool
    let time: TimeSource

    /// Nil for an image without a signature.
    ///
    /// - Parameter caller: on whose behalf the certificate is fetched
    func verifier(of image: Image, for caller: Caller) async throws(Fault) -> SignatureVerifier? {
        try verifier(of: image, by: try await certificate(of: image, for: caller))
    }

    /// Fetches the certificate of a signed image; nil for others. Throws also where the certificate cannot verify anything.
    func certificate(of image: Image, for caller: Caller) async throws(Fault) -> SigningCertificate? {
        guard let properties = try properties(of: image) else { return nil }
        guard let certificates else {
            throw Self.failure(image.id, "this cloud has no key manager that could hold the certificate.")
        }
        guard let id = SecretID(properties.certificateID) else {
            throw Self.failure(
                image.id,
                "'\(properties.certificateID.shown)' is no id of a secret, which "
                    + "'\(SignatureProperties.Name.certificate)' must be.")
        }
        let payload: [UInt8]
        do throws(Fault) {
            payload = try await certificates.certificate(id, for: caller)
        } catch {
            throw Self.failure(image.id, error)
        }
        let certificate = SigningCertificate(id: properties.certificateID, payload: Data(payload))
        _ = try verifier(image.id, properties, certificate)
        return certificate
    }

    /// Nil for an image without a signature.
    ///
    /// - Parameter certificate: the one that was fetched for it; throws 400 where it is another's, or none
    func verifier(of image: Image, by certificate: SigningCertificate?) throws(Fault) -> SignatureVerifier? {
        guard let properties = try properties(of: image) else { return nil }
        guard let certificate, certificate.id == properties.certificateID else {
            throw Self.failure(image.id, "the signature was changed while the data came.")
        }
        return try verifier(image.id, properties, certificate)
    }

    private func verifier(
        _ id: ImageID, _ properties: SignatureProperties, _ certificate: SigningCertificate
    ) throws(Fault) -> SignatureVerifier {
        do {
            let certificate = try ImageCertificate(Array(certificate.payload))
            return try SignatureVerifier(properties, certificate, at: time.now())
        } catch {
            throw Self.failure(id, "\(error).")
        }
    }

    private func properties(of image: Image) throws(Fault) -> SignatureProperties? {
        let values = try image.properties.values()
        do throws(SignaturePropertyFault) {
            return try SignatureProperties(values, allowsPart: allowsPart)
        } catch {
            throw Self.failure(image.id, "\(error).")
        }
    }

    private static func failure(_ id: ImageID, _ reason: String) -> Fault {
        .badRequest("Signature verification failed for image \(id): \(reason)")
    }

    /// What the key manager refuses is the signature's fault; where it does not respond, the client may try again.
    private static func failure(_ id: ImageID, _ fault: Fault) -> Fault {
        let isItsOwn = fault.kind.status >= 500
        var failure = failure(id, fault.message)
        if isItsOwn { failure.kind = .unavailable }
        failure.context = fault.context ?? failure.context
        failure.headers = fault.headers
        return failure
    }
}
