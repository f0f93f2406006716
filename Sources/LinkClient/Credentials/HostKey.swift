import Crypto
package import Model
import SwiftASN1
import X509

/// The key of a host and what it asks a certificate with.
package enum HostKey {
    /// A new key and a request for a certificate over it, both PEM.
    package static func make(for name: String) throws(Fault) -> (key: String, request: String) {
        let key = P256.Signing.PrivateKey().pemRepresentation + "\n"
        return (key, try request(key: key, for: name))
    }

    /// A request for a certificate over `key`, both PEM.
    package static func request(key: String, for name: String) throws(Fault) -> String {
        do {
            let request = try CertificateSigningRequest(
                version: .v1, subject: try DistinguishedName { CommonName(String(name.prefix(64))) },
                privateKey: Certificate.PrivateKey(try P256.Signing.PrivateKey(pemRepresentation: key)),
                attributes: CertificateSigningRequest.Attributes(), signatureAlgorithm: .ecdsaWithSHA256)
            return try request.serializeAsPEM().pemString + "\n"
        } catch {
            throw .internalError("a signing request could not be made: \(error)")
        }
    }
}
