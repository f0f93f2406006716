import FoundationEssentials
import GRDB
import Model
import Store

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#elseif canImport(Darwin)
    import Darwin
#endif

/// The file of a database before SQLite opens it: made where there is none, readable by its owner only, and refused with a
/// sentence where SQLite would begin anew in it or say no more than a number.
struct SQLiteFile {
    let path: String

    /// Distinguishes a file from others that had its name.
    struct Identity: Sendable, Equatable {
        let device: UInt64
        let number: UInt64
    }

    /// Nil if the file does not exist.
    ///
    /// Safe: the path lives as long as the call, which fills a value of this function.
    var identity: Identity? {
        var facts = stat()
        guard unsafe stat(path, &facts) == 0 else { return nil }
        return Identity(device: UInt64(facts.st_dev), number: UInt64(facts.st_ino))
    }

    /// Whether that many bytes can be written beside the file. True if that cannot be determined.
    ///
    /// Safe: the path lives as long as the call, which fills a value of this function.
    func hasRoom(for bytes: UInt64) -> Bool {
        var facts = statvfs()
        guard unsafe statvfs(path, &facts) == 0 else { return true }
        let (room, overflow) = UInt64(facts.f_bavail).multipliedReportingOverflow(by: UInt64(facts.f_frsize))
        return overflow || room >= bytes
    }

    /// Prepares the file. Throws `StoreError.file`.
    ///
    /// Safe: the path lives as long as the calls, which fill a value of this function.
    func prepare() throws(StoreError) {
        var facts = stat()
        guard unsafe stat(path, &facts) == 0 else {
            let reason = errno
            guard reason == ENOENT else { throw refusal("cannot be opened", reason) }
            return try make()
        }
        guard facts.st_mode & S_IFMT == S_IFREG else {
            throw StoreError(.file, "The database file '\(path)' is no file but a folder or a device; name a file.")
        }
        guard facts.st_size > 0 else {
            throw StoreError(
                .file,
                "The database file '\(path)' is empty: somebody emptied it, because this program never does. Restore a "
                    + "backup (kilonova restore), or remove the file to begin with nothing.")
        }
        guard unsafe access(path, R_OK | W_OK) == 0 else {
            let reason = errno
            throw refusal("cannot be read and written", reason)
        }
        for file in [path, path + "-wal", path + "-shm"] { try close(file) }
    }

    /// Removes the rights of everybody but the owner.
    ///
    /// Safe: the path lives as long as the calls, which fill a value of this function.
    private func close(_ file: String) throws(StoreError) {
        var facts = stat()
        guard unsafe stat(file, &facts) == 0, facts.st_mode & 0o077 != 0 else { return }
        guard unsafe chmod(file, facts.st_mode & 0o700) == 0 else {
            let reason = errno
            throw StoreError(
                .file,
                "The database file '\(file)' may be read by others, and that cannot be changed: \(SystemError.text(reason)). It must "
                    + "have the mode 0600.")
        }
    }

    /// Creates a new database atomically: there is never an empty file with its name.
    ///
    /// Safe: the paths live as long as the calls.
    private func make() throws(StoreError) {
        let draft = "\(path).new-\(UUID().uuidString.prefix(8))"
        try createEmpty(draft)
        defer { for end in ["", "-wal", "-shm", "-journal"] { unsafe unlink(draft + end) } }
        do {
            let queue = try DatabaseQueue(path: draft)
            try queue.writeWithoutTransaction { database in
                _ = try String.fetchOne(database, sql: "PRAGMA journal_mode = WAL")
            }
            try queue.close()
        } catch {
            throw refusal(error)
        }
        // Another process may have been quicker: then its file is the one.
        guard unsafe link(draft, path) == 0 || errno == EEXIST else {
            let reason = errno
            throw refusal("cannot be made", reason)
        }
        syncFolder()
    }

    /// Creates an empty file that SQLite will write.
    func createEmpty() throws(StoreError) {
        try createEmpty(path)
    }

    /// Safe: the path lives as long as the call.
    private func createEmpty(_ file: String) throws(StoreError) {
        let descriptor = unsafe open(file, O_CREAT | O_EXCL | O_RDWR | O_CLOEXEC, 0o600)
        guard descriptor >= 0 else {
            let reason = errno
            throw refusal("cannot be made", reason)
        }
        Self.end(descriptor)
    }

    /// Safe: the path lives as long as the call.
    private func syncFolder() {
        let folder = URL(filePath: path).deletingLastPathComponent().path
        let descriptor = unsafe open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
        guard descriptor >= 0 else { return }
        fsync(descriptor)
        Self.end(descriptor)
    }

    private static func end(_ descriptor: Int32) {
        #if canImport(Glibc)
            _ = Glibc.close(descriptor)
        #elseif canImport(Musl)
            _ = Musl.close(descriptor)
        #elseif canImport(Darwin)
            _ = Darwin.close(descriptor)
        #endif
    }

    /// Why SQLite would not open the file, in a sentence that names it.
    func refusal(_ error: any Error) -> StoreError {
        let trouble = StoreError(sqlite: error)
        let reason =
            switch (error as? DatabaseError)?.resultCode {
            case .SQLITE_NOTADB?: "it is no SQLite database. Name another file, or restore a backup (kilonova restore)."
            case .SQLITE_CORRUPT?: "it is damaged. Restore a backup (kilonova restore)."
            case .SQLITE_BUSY?, .SQLITE_LOCKED?: "another process holds it; stop that first."
            case .SQLITE_FULL?: "the disk is full."
            case .SQLITE_READONLY?: "it, its folder or its file system is read-only."
            default: "SQLite says \(trouble.detail)."
            }
        return StoreError(.file, "The database file '\(path)' cannot be opened: \(reason)")
    }

    private func refusal(_ what: String, _ reason: Int32) -> StoreError {
        let folder = URL(filePath: path).deletingLastPathComponent().path
        let hint =
            reason == ENOENT ? " The folder '\(folder)' must be there." : ""
        if [ENOSPC, EDQUOT].contains(reason) {
            return StoreError(.full, "The database file '\(path)' \(what): the disk is full.")
        }
        return StoreError(.file, "The database file '\(path)' \(what): \(SystemError.text(reason)).\(hint)")
    }
}
