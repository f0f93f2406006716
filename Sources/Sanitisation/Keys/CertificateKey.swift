import Crypto
import FoundationEssentials
import Model

/// The public half of a key that signs certificates; published, so that anyone can check them.
public struct CertificateKey: Sendable, Codable, Equatable {
    /// The first 16 hexadecimal digits of the SHA-256 of its bytes.
    public let id: String
    /// Base64 of 32 bytes.
    public let publicKey: String

    enum CodingKeys: String, CodingKey {
        case id
        case publicKey = "public_key"
    }

    public init(id: String, publicKey: String) {
        self.id = id
        self.publicKey = publicKey
    }

    init(_ key: Curve25519.Signing.PublicKey) {
        id = Self.id(of: key)
        publicKey = key.rawRepresentation.base64EncodedString()
    }

    static func id(of key: Curve25519.Signing.PublicKey) -> String {
        String(Hexadecimal.text(of: SHA256.hash(data: key.rawRepresentation)).prefix(16))
    }
}
