import Crypto
import FoundationEssentials

/// 28 bytes.
struct SHA224Digest: Digest {
    static let byteCount = 28

    private let bytes: [UInt8]

    /// - Parameter words: seven
    init(words: [UInt32]) {
        bytes = words.flatMap { word in (0..<4).reversed().map { UInt8(truncatingIfNeeded: word >> (8 * UInt32($0))) } }
    }

    func withUnsafeBytes<Result>(_ body: (UnsafeRawBufferPointer) throws -> Result) rethrows -> Result {
        // Safe: it passes on the array's own, for the time of the call.
        try unsafe bytes.withUnsafeBytes(body)
    }

    var description: String { "SHA224 digest" }
}
