import Model
import NIOCore
import NIOPosix
import Synchronization
import SystemPackage

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#elseif canImport(Darwin)
    import Darwin
#endif

/// An open file that is read in pieces, or sent in regions. It is closed when nobody reads it any more.
final class FileBlob: BlobReader {
    private let descriptor: Int32
    private let handle: NIOFileHandle
    private let pool: NIOThreadPool

    /// In bytes: large enough that few are needed, small enough to be held for each client.
    private static let pieceSize = 512 * 1024
    private static let page = max(1, Int(sysconf(Int32(_SC_PAGESIZE))))
    /// `MADV_POPULATE_READ` of Linux 5.14.
    private static let populateForReading: Int32 = 22

    /// Takes the descriptor over.
    init(descriptor: Int32, pool: NIOThreadPool) {
        self.descriptor = descriptor
        handle = NIOFileHandle(_deprecatedTakingOwnershipOfDescriptor: descriptor)
        self.pool = pool
    }

    deinit { try? handle.close() }

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

    func regions(of range: Range<Int>) -> (@Sendable () async throws -> FileRegion?)? {
        let place = Place(range.lowerBound)
        return { [self] in
            let start = place.offset.withLock { $0 }
            guard start < range.upperBound else { return nil }
            let end = min(range.upperBound, start + Self.pieceSize)
            try await FileTrouble.blocking(on: pool) { try self.load(start..<end) }
            place.offset.withLock { $0 = end }
            return FileRegion(fileHandle: handle, readerIndex: start, endIndex: end)
        }
    }

    /// Safe: the closure writes no more bytes than the buffer lends it, and returns how many it wrote.
    private func read(_ count: Int, from offset: Int) throws -> ByteBuffer {
        let file = FileDescriptor(rawValue: descriptor)
        var piece = ByteBuffer()
        _ = try unsafe piece.writeWithUnsafeMutableBytes(minimumWritableBytes: count) { space in
            try unsafe file.read(
                fromAbsoluteOffset: Int64(offset), into: UnsafeMutableRawBufferPointer(rebasing: space.prefix(count)))
        }
        return piece
    }

    /// Waits here for the disk, so that who sends the region does not: that is a thread which serves many connections. An older kernel
    /// does not know the advice, and then reads the region when it is sent. A file that has become shorter is an error.
    ///
    /// Safe: the mapped pages are not read here, and are unmapped at the end of the function.
    private func load(_ range: Range<Int>) throws {
        let start = range.lowerBound / Self.page * Self.page
        let count = range.upperBound - start
        let mapped = unsafe mmap(nil, count, PROT_READ, MAP_PRIVATE, descriptor, off_t(start))
        guard let mapped = unsafe mapped, unsafe mapped != MAP_FAILED else { throw Errno(rawValue: errno) }
        defer { unsafe munmap(mapped, count) }
        guard unsafe madvise(mapped, count, Self.populateForReading) != 0 else { return }
        let error = Errno(rawValue: errno)
        guard error == .invalidArgument || error == .interrupted else { throw error }
    }

    /// Where the next part begins.
    private final class Place: Sendable {
        let offset: Mutex<Int>

        init(_ start: Int) {
            offset = Mutex(start)
        }
    }
}
