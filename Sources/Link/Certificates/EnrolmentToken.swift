import Crypto
import FoundationEssentials
import Model

/// A one-time token as text: `kn1.` secret `.` fingerprint of the authority. The database keeps a digest of the secret.
package struct EnrolmentToken: Sendable {
    package let secret: String
    package let authorityFingerprint: String

    package init(authorityFingerprint: String) {
        secret = Base64URL.encode((0..<32).map { _ in UInt8.random(in: .min ... .max) })
        self.authorityFingerprint = authorityFingerprint
    }

    /// Nil where `text` has not the form of a token.
    package init?(_ text: String) {
        let parts = text.split(separator: ".", omittingEmptySubsequences: false)
        guard parts.count == 3, parts[0] == "kn1", (32...128).contains(parts[1].utf8.count),
            (32...128).contains(parts[2].utf8.count)
        else { return nil }
        secret = String(parts[1])
        authorityFingerprint = String(parts[2])
    }

    package var text: String { "kn1.\(secret).\(authorityFingerprint)" }

    /// A fast digest is enough: the secret has 256 random bits.
    package var digest: String { Base64URL.encode(SHA256.hash(data: Data(secret.utf8))) }

    /// How a token names an authority: SHA-256 over its certificate's DER, in base64url.
    package static func fingerprint(ofAuthority der: [UInt8]) -> String {
        Base64URL.encode(SHA256.hash(data: Data(der)))
    }
}
