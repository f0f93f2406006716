import Crypto
import Model
import NIOCore
import NIOPosix
import Synchronization

/// The digest of data that are read, piece by piece, away from the threads that serve requests.
///
/// Safe: the digest reads the bytes of a buffer while the closure runs.
final class BlobDigest: Sendable {
    private let state = Mutex((hash: SHA512(), count: 0))
    private let pool: NIOThreadPool

    init(_ pool: NIOThreadPool) {
        self.pool = pool
    }

    func take(_ piece: ByteBuffer) async throws {
        try await pool.runIfActive { [self] in
            state.withLock { state in
                unsafe piece.withUnsafeReadableBytes { space in unsafe state.hash.update(bufferPointer: space) }
                state.count += piece.readableBytes
            }
        }
    }

    /// Whether the data that came are these: SHA-512 in hexadecimal digits, and their number of bytes.
    func matches(_ digest: String, size: Int) -> Bool {
        state.withLock { $0.count == size && Hexadecimal.text(of: $0.hash.finalize()) == digest }
    }
}
