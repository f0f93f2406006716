import Crypto
import FoundationEssentials

/// The hash of an image that its signature is made over, named as the property has it.
public enum SignatureHash: String, Sendable, CaseIterable {
    case sha224 = "SHA-224"
    case sha256 = "SHA-256"
    case sha384 = "SHA-384"
    case sha512 = "SHA-512"

    func digest(of bytes: [UInt8]) -> [UInt8] {
        switch self {
        case .sha224: Self.digest(of: bytes, SHA224.self)
        case .sha256: Self.digest(of: bytes, SHA256.self)
        case .sha384: Self.digest(of: bytes, SHA384.self)
        case .sha512: Self.digest(of: bytes, SHA512.self)
        }
    }

    private static func digest<Function: HashFunction>(of bytes: [UInt8], _: Function.Type) -> [UInt8] {
        Array(Function.hash(data: bytes))
    }
}
