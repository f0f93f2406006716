import Crypto
import CryptoExtras
import FoundationEssentials
import X509

/// The public key of a certificate, of the type that an image names.
enum VerificationKey: Sendable {
    case rsa(OddModulus, exponent: UInt64)
    case p256(P256.Signing.PublicKey)
    case p384(P384.Signing.PublicKey)
    case p521(P521.Signing.PublicKey)

    /// Nil if the key is of another type.
    init?(_ key: Certificate.PublicKey, _ type: SignatureKeyType) {
        switch type {
        case .rsaPSS:
            guard let numbers = try? _RSA.Signing.PublicKey(key)?.getKeyPrimitives(),
                let modulus = OddModulus(Array(numbers.modulus)), numbers.publicExponent.count <= 8
            else { return nil }
            self = .rsa(modulus, exponent: numbers.publicExponent.reduce(0) { $0 << 8 | UInt64($1) })
        case .p256:
            guard let key = P256.Signing.PublicKey(key) else { return nil }
            self = .p256(key)
        case .p384:
            guard let key = P384.Signing.PublicKey(key) else { return nil }
            self = .p384(key)
        case .p521:
            guard let key = P521.Signing.PublicKey(key) else { return nil }
            self = .p521(key)
        }
    }

    /// Throws unless `signature` was made over `digest` with the private key.
    func check(_ signature: [UInt8], digest: some Digest, hash: SignatureHash) throws(SignatureFault) {
        let isValid: Bool
        switch self {
        case .rsa(let modulus, let exponent):
            isValid = PSSVerification.isValid(
                signature, digest: Array(digest), hash: hash, modulus: modulus, exponent: exponent)
        case .p256(let key):
            guard let form = try? P256.Signing.ECDSASignature(derRepresentation: signature) else { throw .malformed }
            isValid = key.isValidSignature(form, for: digest)
        case .p384(let key):
            guard let form = try? P384.Signing.ECDSASignature(derRepresentation: signature) else { throw .malformed }
            isValid = key.isValidSignature(form, for: digest)
        case .p521(let key):
            guard let form = try? P521.Signing.ECDSASignature(derRepresentation: signature) else { throw .malformed }
            isValid = key.isValidSignature(form, for: digest)
        }
        if !isValid { throw .mismatch }
    }
}
