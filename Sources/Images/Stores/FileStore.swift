import FoundationEssentials
import Model
import NIOPosix
import SystemPackage

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#elseif canImport(Darwin)
    import Darwin
#endif

/// Blobs as files below one folder, each in a folder by the first digits of its name:
///
///     store                      the mark
///     blobs/ab/cd/abcd….…        kept, never changed
///     drafts/UPLOAD              on their way
///
/// A blob is on disk, with every folder on its path, before `keep` returns. The folder may be shared by several replicas, on a file system
/// that keeps `rename` and `O_EXCL` atomic; locks are not used. An upload's id is on record in the database before its draft is made, so
/// that a replica knows another's drafts. On a shared folder a file that is removed may be lost for those who read it elsewhere.
struct FileStore: ImageStore {
    private let root: String
    private let isShared: Bool
    private let needsMark: Bool
    private let pool: NIOThreadPool

    /// - Parameters:
    ///   - root: made where it is missing, when it is marked or the first data come
    ///   - isShared: whether other machines use the folder, too
    ///   - needsMark: whether a folder without a mark is not the right one: what should be mounted there is not
    ///   - pool: threads that may block
    public init(root: String, isShared: Bool = false, needsMark: Bool = false, pool: NIOThreadPool = .singleton) {
        self.root = root
        self.isShared = isShared
        self.needsMark = needsMark
        self.pool = pool
    }

    public var type: String { "file" }
    public var properties: [String: String] { ["data_dir": root, "shared": "\(isShared)"] }
    public var outlivesRemoval: Bool { !isShared }

    public func mark() async throws -> StoreMark? {
        try await pool.runIfActive { try FolderMark(root: root).read() }
    }

    public func leave(_ mark: StoreMark) async throws {
        try await pool.runIfActive { try FolderMark(root: root).write(mark) }
    }

    public func probe() async throws {
        try await FileTrouble.blocking(on: pool) {
            try checkMark()
            try FolderMark(root: root).probe()
        }
    }

    public func begin(_ upload: UploadID) async throws -> any BlobDraft {
        let path = draft(upload)
        let descriptor = try await FileTrouble.blocking(on: pool) {
            try checkMark()
            try Self.makeFolder("\(root)/drafts")
            return try FileDescriptor.open(
                FilePath(path), .writeOnly, options: [.create, .exclusiveCreate, .closeOnExec],
                permissions: .ownerReadWrite
            ).rawValue
        }
        return FileDraft(path: path, descriptor: descriptor, pool: pool) { blob in try Self.place(blob, root: root) }
    }

    public func open(_ blob: BlobName, size: Int) async throws -> (any BlobReader)? {
        let path = Self.path(of: blob, root: root)
        let pool = pool
        return try await FileTrouble.blocking(on: pool) { () -> (any BlobReader)? in
            try checkMark()
            guard let descriptor = try openFile(of: blob, at: path) else { return nil }
            let file = FileBlob(descriptor: descriptor.rawValue, pool: pool)
            return try descriptor.seek(offset: 0, from: .end) == Int64(size) ? file : nil
        }
    }

    /// An open file; nil where there is none.
    private func openFile(of blob: BlobName, at path: String) throws -> FileDescriptor? {
        func find() throws -> FileDescriptor? {
            do {
                return try FileDescriptor.open(FilePath(path), .readOnly, options: [.closeOnExec])
            } catch Errno.noSuchFileOrDirectory {
                return nil
            }
        }
        if let found = try find() { return found }
        guard isShared else { return nil }
        // A network file system may remember that there was no such folder, before another machine made it; opening the folders asks.
        var folder = "\(root)/blobs"
        for name in [""] + Self.folders(of: blob) {
            if !name.isEmpty { folder += "/\(name)" }
            do {
                try FileDescriptor.open(FilePath(folder), .readOnly, options: [.directory, .closeOnExec]).close()
            } catch Errno.noSuchFileOrDirectory {
                return nil
            }
        }
        return try find()
    }

    public func address(of blob: BlobName) -> String { "file://\(Self.path(of: blob, root: root))" }

    public func link(to blob: BlobName, lifetime: Duration) -> String? { nil }

    public func remove(_ blob: BlobName) async throws {
        let path = Self.path(of: blob, root: root)
        try await FileTrouble.blocking(on: pool) {
            // On another medium there is nothing to remove, and the blob would be forgotten.
            try checkMark()
            try Self.unlinkFile(path)
        }
    }

    public func drafts() async throws -> [UploadID] {
        let folder = "\(root)/drafts"
        return try await FileTrouble.blocking(on: pool) {
            guard FileManager.default.fileExists(atPath: folder) else { return [] }
            return try FileManager.default.contentsOfDirectory(atPath: folder).compactMap { name in UploadID(name) }
        }
    }

    public func discard(_ upload: UploadID) async throws {
        let path = draft(upload)
        try await FileTrouble.blocking(on: pool) { try Self.unlinkFile(path) }
    }

    /// Throws where the folder is not the one that was marked.
    private func checkMark() throws {
        guard needsMark, !FolderMark(root: root).isThere else { return }
        throw Fault.unavailable(
            "The image storage media cannot be used at the moment.",
            context: "\(root)/store is missing: what should be mounted there is not")
    }

    private func draft(_ upload: UploadID) -> String { "\(root)/drafts/\(upload)" }

    private static func path(of blob: BlobName, root: String) -> String {
        "\(root)/blobs/\(folders(of: blob).joined(separator: "/"))/\(blob.text)"
    }

    private static func folders(of blob: BlobName) -> [String] {
        [String(blob.text.prefix(2)), String(blob.text.dropFirst(2).prefix(2))]
    }

    /// Where a new blob goes, in a folder that is durably there.
    private static func place(_ blob: BlobName, root: String) throws -> (folder: String, path: String) {
        var folder = "\(root)/blobs"
        try makeFolder(folder)
        for name in folders(of: blob) {
            let inner = "\(folder)/\(name)"
            try makeFolder(inner)
            // Also where another process has just made it: that one may not have told the disk yet.
            try sync(folder: folder)
            folder = inner
        }
        try sync(folder: root)
        return (folder, "\(folder)/\(blob.text)")
    }

    /// Makes a folder, and those above it, where they are missing.
    static func makeFolder(_ path: String) throws {
        guard !FileManager.default.fileExists(atPath: path) else { return }
        do {
            try FileManager.default.createDirectory(
                atPath: path, withIntermediateDirectories: true, attributes: [.posixPermissions: 0o700])
        } catch {
            guard FileManager.default.fileExists(atPath: path) else { throw Errno.ioError }
        }
    }

    static func sync(folder path: String) throws {
        let descriptor = try FileDescriptor.open(FilePath(path), .readOnly, options: [.directory, .closeOnExec])
        try descriptor.closeAfter {
            guard fsync(descriptor.rawValue) == 0 else { throw Errno(rawValue: errno) }
        }
    }

    /// Safe: the path lives as long as the call.
    static func unlinkFile(_ path: String) throws {
        guard unsafe unlink(path) != 0 else { return }
        let error = Errno(rawValue: errno)
        guard error == .noSuchFileOrDirectory else { throw error }
    }
}
