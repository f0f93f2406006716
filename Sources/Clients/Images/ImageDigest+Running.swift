import Crypto
public import Model

extension ImageDigest {
    /// The hash of data while they pass.
    public struct Running: Sendable {
        private var function: any HashFunction & Sendable
        /// Bytes so far.
        public private(set) var size = 0

        public init(_ algorithm: Algorithm) {
            function = algorithm.function
        }

        public mutating func take(_ piece: [UInt8]) {
            size += piece.count
            function.update(data: piece)
        }

        /// Whether all that was taken has that hash.
        public func matches(_ digest: ImageDigest) -> Bool { function.digits == digest.value }
    }
}

extension ImageDigest.Algorithm {
    fileprivate var function: any HashFunction & Sendable {
        switch self {
        case .sha256: SHA256()
        case .sha384: SHA384()
        case .sha512: SHA512()
        }
    }
}

extension HashFunction {
    fileprivate var digits: String { Hexadecimal.text(of: finalize()) }
}
