/// The kind of key that signed an image, named as the property has it.
public enum SignatureKeyType: String, Sendable, CaseIterable {
    /// The mask is made with the signature's hash; the salt may have any length.
    case rsaPSS = "RSA-PSS"
    case p256 = "ECC_SECP256R1"
    case p384 = "ECC_SECP384R1"
    case p521 = "ECC_SECP521R1"

    /// Kinds that others know, and that are refused: DSA is too weak, and libraries have given binary curves up.
    static let refused: Set<String> = ["DSA", "ECC_SECT409K1", "ECC_SECT409R1", "ECC_SECT571K1", "ECC_SECT571R1"]
}
