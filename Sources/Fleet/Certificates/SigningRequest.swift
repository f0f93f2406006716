import Crypto
import FoundationEssentials
import Link
import Model
import SwiftASN1
import X509

/// A PKCS #10 request whose signature was checked: whoever made it holds the key.
struct SigningRequest: Sendable {
    let publicKey: Certificate.PublicKey
    /// SHA-256 over the key, base64url.
    let keyFingerprint: String

    /// Throws 400 for what is not a signing request over a P-256 key, signed with that key.
    init(pem: String) throws(Fault) {
        let form = "'signingRequest' must be a PKCS #10 request in PEM over a P-256 key, signed with it."
        guard pem.utf8.count <= 16 * 1024, let request = try? CertificateSigningRequest(pemEncoded: pem),
            P256.Signing.PublicKey(request.publicKey) != nil,
            request.publicKey.isValidSignature(request.signature, for: request)
        else { throw .badRequest(form, field: "signingRequest") }
        publicKey = request.publicKey
        keyFingerprint = Base64URL.encode(SHA256.hash(data: Data(request.publicKey.subjectPublicKeyInfoBytes)))
    }
}
