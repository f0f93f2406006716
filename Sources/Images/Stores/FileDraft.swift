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

/// A file that is being written. One at a time calls it, in order.
///
/// Safe: C calls take their paths as strings that live as long as the call.
final class FileDraft: BlobDraft {
    private let path: String
    /// Nil once it is closed.
    private let descriptor: Mutex<Int32?>
    private let pool: NIOThreadPool
    private let place: @Sendable (BlobName) throws -> (folder: String, path: String)

    /// - Parameter place: where a blob goes, in a folder that is durably there
    init(
        path: String, descriptor: Int32, pool: NIOThreadPool,
        place: @escaping @Sendable (BlobName) throws -> (folder: String, path: String)
    ) {
        self.path = path
        self.descriptor = Mutex(descriptor)
        self.pool = pool
        self.place = place
    }

    deinit { try? close() }

    func append(_ bytes: ByteBuffer) async throws {
        try await FileTrouble.blocking(on: pool) { [self] in
            _ = try file().writeAll(bytes.readableBytesView)
        }
    }

    func keep(as blob: BlobName) async throws {
        try await FileTrouble.blocking(on: pool) { [self] in
            guard fsync(try file().rawValue) == 0 else { throw Errno(rawValue: errno) }
            try close()
            let target = try place(blob)
            guard unsafe rename(path, target.path) == 0 else { throw Errno(rawValue: errno) }
            try FileStore.sync(folder: target.folder)
        }
    }

    func discard() async {
        // What cannot be removed now, the sweeper removes.
        try? await FileTrouble.blocking(on: pool) { [self] in
            try close()
            try FileStore.unlinkFile(path)
        }
    }

    private func file() throws -> SystemPackage.FileDescriptor {
        guard let number = descriptor.withLock({ $0 }) else { throw Errno.badFileDescriptor }
        return SystemPackage.FileDescriptor(rawValue: number)
    }

    private func close() throws {
        let number = descriptor.withLock { number -> Int32? in
            defer { number = nil }
            return number
        }
        if let number { try SystemPackage.FileDescriptor(rawValue: number).close() }
    }
}
