import Crypto
import FoundationEssentials
import Glibc
import SystemPackage

/// Files of a backup, read and written piece by piece. Every call blocks.
enum BackupFiles {
    private static let piece = 1 << 20

    /// Size and SHA-256 of a file.
    static func digest(_ path: String) throws -> (bytes: Int, sha256: String) {
        var (hash, count) = (SHA256(), 0)
        try forEachPiece(of: path) { bytes in
            hash.update(data: bytes)
            count += bytes.count
        }
        let text = hash.finalize().map { byte in
            let digits = String(byte, radix: 16)
            return digits.count == 1 ? "0" + digits : digits
        }
        return (count, text.joined())
    }

    /// Copies a file to a new one that only its owner may read, and flushes it to the disk.
    static func copy(_ path: String, to copy: String) throws {
        let target = try FileDescriptor.open(
            FilePath(copy), .writeOnly, options: [.create, .exclusiveCreate, .closeOnExec], permissions: .ownerReadWrite
        )
        try target.closeAfter {
            try forEachPiece(of: path) { bytes in _ = try target.writeAll(bytes) }
            guard fsync(target.rawValue) == 0 else { throw Errno(rawValue: errno) }
        }
    }

    /// Flushes the folder's entries to the disk.
    static func sync(folder: String) throws {
        let descriptor = try FileDescriptor.open(FilePath(folder), .readOnly, options: [.directory, .closeOnExec])
        try descriptor.closeAfter {
            guard fsync(descriptor.rawValue) == 0 else { throw Errno(rawValue: errno) }
        }
    }

    /// Names of the plain files in a folder, in order, without drafts; nil if there is no such folder.
    ///
    /// Safe: the paths live as long as the calls, which fill a value of this function.
    static func names(in folder: String) throws -> [String]? {
        var facts = stat()
        guard unsafe stat(folder, &facts) == 0 else {
            if errno == ENOENT { return nil }
            throw Errno(rawValue: errno)
        }
        return try FileManager.default.contentsOfDirectory(atPath: folder).filter { name in
            var facts = stat()
            let isFile = unsafe stat("\(folder)/\(name)", &facts) == 0 && facts.st_mode & S_IFMT == S_IFREG
            return isFile && !name.hasSuffix(".new") && name != "lock"
        }.sorted()
    }

    /// Safe: the file is read into the buffer within its true size, and `count` is what was read.
    private static func forEachPiece(of path: String, _ body: ([UInt8]) throws -> Void) throws {
        let source = try FileDescriptor.open(FilePath(path), .readOnly, options: .closeOnExec)
        try source.closeAfter {
            while true {
                let bytes = try unsafe [UInt8](unsafeUninitializedCapacity: piece) { buffer, count in
                    count = unsafe try source.read(into: UnsafeMutableRawBufferPointer(buffer))
                }
                if bytes.isEmpty { return }
                try body(bytes)
            }
        }
    }
}
