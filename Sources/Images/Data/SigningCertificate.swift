import FoundationEssentials
import Model
import Signatures

/// The certificate of whoever signed an image, as the key manager gave it out. It is public: journals may hold it.
struct SigningCertificate: Codable, Sendable, Equatable {
    /// As the image names it.
    let id: String
    /// PEM or DER.
    let payload: Data

    /// Throws 409 where an image names another one than was fetched for it, because it was changed meanwhile. Copies need none.
    static func check(
        _ certificate: SigningCertificate?, stillOf image: Image, _ method: ImportMethod
    ) throws(Fault) {
        guard method != .copy else { return }
        let named = try image.properties.values()[SignatureProperties.Name.certificate]
        // Without a certificate there was no signature, or only a part of one.
        guard certificate == nil || certificate?.id == named else {
            throw .conflict("The signature of image \(image.id) was changed meanwhile; import it again.")
        }
    }
}
