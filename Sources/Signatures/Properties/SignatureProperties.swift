import FoundationEssentials

/// An image's signature, as four properties of the image describe it.
public struct SignatureProperties: Sendable, Equatable {
    public enum Name {
        static let signature = "img_signature"
        static let hash = "img_signature_hash_method"
        static let keyType = "img_signature_key_type"
        public static let certificate = "img_signature_certificate_uuid"
        static let all = [signature, hash, keyType, certificate]
    }

    public let signature: [UInt8]
    public let hash: SignatureHash
    package let keyType: SignatureKeyType
    /// The id of the certificate's secret in the key manager.
    public let certificateID: String

    /// Nil for an image without a signature.
    ///
    /// - Parameters:
    ///   - properties: all of the image's
    ///   - allowsPart: an image that lacks some of the four counts as one without a signature, as in Glance
    public init?(_ properties: [String: String], allowsPart: Bool = false) throws(SignaturePropertyFault) {
        let missing = Name.all.filter { properties[$0] == nil }
        if missing.count == Name.all.count { return nil }
        guard let text = properties[Name.signature], let hashName = properties[Name.hash],
            let keyName = properties[Name.keyType], let certificateID = properties[Name.certificate]
        else {
            if allowsPart { return nil }
            throw .missing(missing)
        }
        if let empty = Name.all.first(where: { properties[$0] == "" }) { throw .empty(empty) }
        guard let hash = SignatureHash(rawValue: hashName) else { throw .unknownHash(hashName) }
        if SignatureKeyType.refused.contains(keyName) { throw .refusedKeyType(keyName) }
        guard let keyType = SignatureKeyType(rawValue: keyName) else { throw .unknownKeyType(keyName) }
        // Tools that write base64 break its lines.
        let digits = text.filter { !$0.isWhitespace }
        guard let signature = Data(base64Encoded: digits), !signature.isEmpty else { throw .notBase64 }
        self.signature = Array(signature)
        self.hash = hash
        self.keyType = keyType
        self.certificateID = certificateID
    }
}
