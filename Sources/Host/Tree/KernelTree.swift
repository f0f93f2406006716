#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#else
    import Darwin
#endif

/// Reads and writes the file system below a root folder, by system calls: sysfs wants one `read` or `write` for a value and
/// gives wrong sizes, which rules out whole-file conveniences. With its extension the only place of this room with unsafe pointers.
struct KernelTree: FileTree {
    /// Without a slash at its end; empty for the machine's own root.
    let root: String

    init(root: String) {
        var root = root
        while root.hasSuffix("/") { root.removeLast() }
        self.root = root
    }

    /// Safe: `readSome` gets the buffer with its true size, and `count` is what the kernel wrote.
    func read(_ path: String, offset: Int, limit: Int, partial: Bool) throws(TreeFault) -> [UInt8] {
        // Without waiting: a pipe in place of a file must not hold up the pass.
        let descriptor = unsafe open(root + path, O_RDONLY | O_CLOEXEC | O_NONBLOCK)
        guard descriptor >= 0 else { throw Self.fault(path, errno) }
        defer { close(descriptor) }
        if offset > 0, lseek(descriptor, off_t(offset), SEEK_SET) < 0 { throw Self.fault(path, errno) }
        var content: [UInt8] = []
        let chunk = min(4096, limit + 1)
        while true {
            var failure: Int32 = 0
            let piece = unsafe [UInt8](unsafeUninitializedCapacity: chunk) { buffer, count in
                let got = Self.again { unsafe readSome(descriptor, buffer) }
                if got < 0 { failure = errno }
                count = max(0, got)
            }
            guard failure == 0 else { throw Self.fault(path, failure) }
            if content.isEmpty { content = piece } else { content += piece }
            if content.count > limit {
                guard partial else { throw TreeFault(path, .tooLarge) }
                return Array(content.prefix(limit))
            }
            // A short answer is the end of a sysfs value; a further call would only confirm it. The tables of /proc come in
            // pieces that end with a line.
            if piece.isEmpty || (piece.count < chunk && path.hasPrefix("/sys/")) { return content }
        }
    }

    /// Safe: `readTarget` gets the buffer with its true size, and `count` is what the kernel wrote.
    func target(of path: String) throws(TreeFault) -> String {
        var failure: Int32 = 0
        let bytes = unsafe [UInt8](unsafeUninitializedCapacity: 4096) { buffer, count in
            let length = unsafe readTarget(root + path, buffer)
            if length < 0 { failure = errno }
            count = max(0, length)
        }
        guard failure == 0 else { throw Self.fault(path, failure) }
        return String(decoding: bytes, as: UTF8.self)
    }

    /// Safe: the folder stays open until its last entry was copied; a name ends with a zero.
    func names(in path: String) throws(TreeFault) -> [String] {
        guard let folder = unsafe opendir(root + path) else { throw Self.fault(path, errno) }
        defer { unsafe closedir(folder) }
        var names: [String] = []
        while let entry = unsafe readdir(folder) {
            let name = unsafe withUnsafePointer(to: &entry.pointee.d_name) { pointer in
                unsafe pointer.withMemoryRebound(to: CChar.self, capacity: 256) { unsafe String(cString: $0) }
            }
            if name != "." && name != ".." { names.append(name) }
        }
        return names
    }

    /// Safe: the kernel gets the buffer with its true size and keeps no pointer.
    func write(_ bytes: [UInt8], to path: String) throws(TreeFault) {
        let descriptor = unsafe open(root + path, O_WRONLY | O_CLOEXEC | O_NONBLOCK)
        guard descriptor >= 0 else { throw Self.fault(path, errno) }
        defer { close(descriptor) }
        let written = unsafe bytes.withUnsafeBytes { buffer in
            Self.again { unsafe writeSome(descriptor, buffer) }
        }
        guard written >= 0 else { throw Self.fault(path, errno) }
        guard written == bytes.count else { throw TreeFault(path, .invalid) }
    }

    /// Safe: `lstat` fills a value of this function.
    func kind(of path: String) -> EntryKind? {
        var state = stat()
        guard unsafe lstat(root + path, &state) == 0 else { return nil }
        switch state.st_mode & S_IFMT {
        case S_IFREG: return .file
        case S_IFDIR: return .folder
        case S_IFLNK: return .link
        default: return .special
        }
    }

    static func again(_ call: () -> Int) -> Int {
        while true {
            let result = call()
            if result >= 0 || errno != EINTR { return result }
        }
    }

    static func fault(_ path: String, _ number: Int32) -> TreeFault {
        switch number {
        case ENOENT, ENOTDIR, ENODEV, ENXIO: TreeFault(path, .missing)
        case EACCES, EPERM, EROFS: TreeFault(path, .denied)
        case EBUSY, EAGAIN: TreeFault(path, .busy)
        case EINVAL, ERANGE, EISDIR: TreeFault(path, .invalid)
        case ELOOP: TreeFault(path, .loop)
        default: TreeFault(path, .other(number))
        }
    }
}

// Outside the type, whose own `read` and `write` would hide those of the system.

/// Safe: the kernel gets the buffer with its true size.
private func readSome(_ descriptor: Int32, _ buffer: UnsafeMutableBufferPointer<UInt8>) -> Int {
    guard let start = buffer.baseAddress else { return 0 }
    return unsafe read(descriptor, start, buffer.count)
}

/// Safe: the kernel gets the buffer with its true size.
private func writeSome(_ descriptor: Int32, _ buffer: UnsafeRawBufferPointer) -> Int {
    guard let start = buffer.baseAddress else { return 0 }
    return unsafe write(descriptor, start, buffer.count)
}

/// Safe: the kernel gets the buffer with its true size.
private func readTarget(_ path: String, _ buffer: UnsafeMutableBufferPointer<UInt8>) -> Int {
    unsafe buffer.withMemoryRebound(to: CChar.self) { text in
        guard let start = text.baseAddress else { return 0 }
        return unsafe readlink(path, start, text.count)
    }
}
