import Clients
import FoundationEssentials
import Link
import Model
import Signatures

/// An image that may be loaded, as it was when that was asked for: its data are those with this hash, whatever becomes of the record.
struct ImagePlan: Sendable, Codable, Equatable {
    let image: WorkImage
    let properties: [String: String]
    /// What its signature is verified with: PEM or DER; nil where the image is not signed.
    let certificate: Data?

    /// What verifies the image's signature; nil where it has none.
    func verifier(at moment: Timestamp) throws(Fault) -> SignatureVerifier? {
        do {
            guard let certificate, let signature = try SignatureProperties(properties) else { return nil }
            return try SignatureVerifier(signature, try ImageCertificate(Array(certificate)), at: moment)
        } catch {
            throw Self.unverified(image.id, error)
        }
    }

    static func unverified(_ image: ImageID, _ reason: any Error) -> Fault {
        .badRequest("The signature of image \(image) is not verified: \(reason). Nothing was loaded.")
    }
}
