public import SystemPackage

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#elseif canImport(Darwin)
    import Darwin
#endif

/// Files and folders of this process that nobody but its owner may read.
public enum OwnFiles {
    /// From now on, only the owner can read the files that this process creates, whatever the mask was.
    public static func keepPrivate() {
        umask(0o077)
    }

    /// Creates the folder and missing folders above it.
    ///
    /// Safe: the paths live as long as the calls, which fill a value of this function.
    public static func makeFolder(_ path: String) throws(Errno) {
        var facts = stat()
        if unsafe stat(path, &facts) == 0 {
            guard facts.st_mode & S_IFMT == S_IFDIR else { throw .notDirectory }
            return
        }
        guard errno == ENOENT else { throw Errno(rawValue: errno) }
        let above = FilePath(path).removingLastComponent().string
        if !above.isEmpty, above != path { try makeFolder(above) }
        guard unsafe mkdir(path, 0o700) == 0 || errno == EEXIST else { throw Errno(rawValue: errno) }
    }

    /// Writes or replaces a file atomically. After a crash it has the old or the new content; when this returns, it is
    /// on the disk.
    ///
    /// Safe: the paths live as long as the calls.
    public static func write(_ bytes: [UInt8], to path: String) throws(Errno) {
        let draft = try draft(bytes, of: path)
        guard unsafe rename(draft, path) == 0 else {
            let reason = Errno(rawValue: errno)
            unsafe unlink(draft)
            throw reason
        }
        try syncFolder(of: path)
    }

    /// Makes lasting what was renamed or linked to `path`.
    static func syncFolder(of path: String) throws(Errno) {
        let folder = FilePath(path).removingLastComponent()
        do {
            let descriptor = try FileDescriptor.open(
                folder.isEmpty ? "." : folder, .readOnly, options: [.directory, .closeOnExec])
            try descriptor.closeAfter {
                guard fsync(descriptor.rawValue) == 0 else { throw Errno(rawValue: errno) }
            }
        } catch {
            throw error as? Errno ?? .ioError
        }
    }

    /// Writes a new file beside `path`, under a name that it returns. It is on the disk, and at no moment readable by others.
    ///
    /// Safe: the path lives as long as the call.
    static func draft(_ bytes: [UInt8], of path: String) throws(Errno) -> String {
        let draft = "\(path).new-\(String(UInt64.random(in: .min ... .max), radix: 36))"
        do {
            let file = try FileDescriptor.open(
                FilePath(draft), .writeOnly, options: [.create, .exclusiveCreate, .closeOnExec],
                permissions: .ownerReadWrite)
            try file.closeAfter {
                _ = try file.writeAll(bytes)
                guard fsync(file.rawValue) == 0 else { throw Errno(rawValue: errno) }
            }
            return draft
        } catch {
            let reason = error as? Errno ?? .ioError
            unsafe unlink(draft)
            throw reason
        }
    }

    /// The operating system's reason for the latest failure of this thread, in words.
    public static func lastReason() -> String { Errno(rawValue: errno).description }

    /// The operating system's reason in words.
    public static func reason(_ error: any Error) -> String {
        (error as? Errno)?.description ?? "the operating system refuses it"
    }
}
