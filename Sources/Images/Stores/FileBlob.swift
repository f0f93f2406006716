import Model
import NIOCore
import NIOPosix
import Synchronization
import SystemPackage

/// An open file that is read in pieces. It is closed when nobody reads it any more.
///
/// Safe: the closure writes no more bytes than the buffer lends it, and says how many it wrote.
final class FileBlob: BlobReader {
    private let descriptor: Int32
    private let pool: NIOThreadPool

    /// In bytes: large enough that few are needed, small enough to be held for each client.
    private static let pieceSize = 512 * 1024

    init(descriptor: Int32, pool: NIOThreadPool) {
        self.descriptor = descriptor
        self.pool = pool
    }

    deinit { try? FileDescriptor(rawValue: descriptor).close() }

    func pieces(of range: Range<Int>) -> @Sendable () async throws -> ByteBuffer? {
        let place = Place(range.lowerBound)
        return { [self] in
            let start = place.offset.withLock { $0 }
            guard start < range.upperBound else { return nil }
            let wanted = min(Self.pieceSize, range.upperBound - start)
            let piece = try await FileTrouble.blocking(on: pool) { try self.read(wanted, from: start) }
            guard piece.readableBytes > 0 else { return nil }
            place.offset.withLock { $0 += piece.readableBytes }
            return piece
        }
    }

    private func read(_ count: Int, from offset: Int) throws -> ByteBuffer {
        let file = FileDescriptor(rawValue: descriptor)
        var piece = ByteBuffer()
        _ = try unsafe piece.writeWithUnsafeMutableBytes(minimumWritableBytes: count) { space in
            try unsafe file.read(
                fromAbsoluteOffset: Int64(offset), into: UnsafeMutableRawBufferPointer(rebasing: space.prefix(count)))
        }
        return piece
    }

    /// Where the next piece begins.
    private final class Place: Sendable {
        let offset: Mutex<Int>

        init(_ start: Int) {
            offset = Mutex(start)
        }
    }
}
