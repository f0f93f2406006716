import Crypto

/// The hash of bytes that are still arriving.
enum RunningHash: Sendable {
    case sha224(SHA224)
    case sha256(SHA256)
    case sha384(SHA384)
    case sha512(SHA512)

    init(_ hash: SignatureHash) {
        self =
            switch hash {
            case .sha224: .sha224(SHA224())
            case .sha256: .sha256(SHA256())
            case .sha384: .sha384(SHA384())
            case .sha512: .sha512(SHA512())
            }
    }

    mutating func take(_ chunk: Span<UInt8>) {
        switch self {
        case .sha224(var function):
            Self.take(chunk, &function)
            self = .sha224(function)
        case .sha256(var function):
            Self.take(chunk, &function)
            self = .sha256(function)
        case .sha384(var function):
            Self.take(chunk, &function)
            self = .sha384(function)
        case .sha512(var function):
            Self.take(chunk, &function)
            self = .sha512(function)
        }
    }

    /// Throws unless `signature` was made over these bytes with the key's private half.
    func check(_ signature: [UInt8], by key: VerificationKey, _ hash: SignatureHash) throws(SignatureFault) {
        switch self {
        case .sha224(let function): try key.check(signature, digest: function.finalize(), hash: hash)
        case .sha256(let function): try key.check(signature, digest: function.finalize(), hash: hash)
        case .sha384(let function): try key.check(signature, digest: function.finalize(), hash: hash)
        case .sha512(let function): try key.check(signature, digest: function.finalize(), hash: hash)
        }
    }

    private static func take(_ chunk: Span<UInt8>, _ function: inout some HashFunction) {
        // Safe: the span's bytes are read within the closure only.
        unsafe chunk.withUnsafeBytes { bytes in unsafe function.update(bufferPointer: bytes) }
    }
}
