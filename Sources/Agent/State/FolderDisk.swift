import FoundationEssentials
import SystemPackage

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#else
    import Darwin
#endif

/// Files in a folder that only its owner may look into, written through to the disk. One agent at a time has the folder.
final class FolderDisk: StateDisk {
    private let folder: FilePath
    private let lock: FileDescriptor

    /// Throws `StateFault` if the folder cannot be created, or if another agent has it.
    init(_ path: String) throws {
        folder = FilePath(path)
        do {
            try FileManager.default.createDirectory(
                atPath: path, withIntermediateDirectories: true, attributes: [.posixPermissions: 0o700])
            lock = try FileDescriptor.open(
                folder.appending("lock"), .writeOnly, options: [.create, .closeOnExec], permissions: .ownerReadWrite)
        } catch {
            throw StateFault("The agent's folder '\(path)' cannot be used: \(error).")
        }
        guard flock(lock.rawValue, LOCK_EX | LOCK_NB) == 0 else {
            try? lock.close()
            throw StateFault("Another agent uses the folder '\(path)'; give each agent a folder of its own.")
        }
    }

    deinit {
        try? lock.close()
    }

    /// Safe: the file is read into the buffer within its true size, and `count` is what was read.
    func read(_ name: String) throws -> [UInt8]? {
        let descriptor: FileDescriptor
        do {
            descriptor = try FileDescriptor.open(folder.appending(name), .readOnly, options: .closeOnExec)
        } catch Errno.noSuchFileOrDirectory {
            return nil
        }
        return try descriptor.closeAfter {
            var content: [UInt8] = []
            while true {
                let piece = try unsafe [UInt8](unsafeUninitializedCapacity: 65_536) { buffer, count in
                    count = unsafe try descriptor.read(into: UnsafeMutableRawBufferPointer(buffer))
                }
                if piece.isEmpty { return content }
                content += piece
            }
        }
    }

    /// Safe: the paths live as long as the calls.
    func replace(_ name: String, with bytes: [UInt8]) throws {
        let draft = folder.appending("\(name).new")
        let descriptor = try FileDescriptor.open(
            draft, .writeOnly, options: [.create, .truncate, .closeOnExec], permissions: .ownerReadWrite)
        try descriptor.closeAfter {
            try descriptor.writeAll(bytes)
            try Self.flush(descriptor)
        }
        // The contents first, then the name: a crash in between leaves the former file.
        guard unsafe rename(draft.string, folder.appending(name).string) == 0 else { throw Errno(rawValue: errno) }
        try flushFolder()
    }

    func append(_ bytes: [UInt8], to name: String) throws {
        let path = folder.appending(name)
        let isNew = !FileManager.default.fileExists(atPath: path.string)
        let descriptor = try FileDescriptor.open(
            path, .writeOnly, options: [.create, .append, .closeOnExec], permissions: .ownerReadWrite)
        try descriptor.closeAfter {
            try descriptor.writeAll(bytes)
            try Self.flush(descriptor)
        }
        if isNew { try flushFolder() }
    }

    /// Makes the entries of the folder durable.
    private func flushFolder() throws {
        let descriptor = try FileDescriptor.open(folder, .readOnly, options: [.directory, .closeOnExec])
        try descriptor.closeAfter { try Self.flush(descriptor) }
    }

    private static func flush(_ descriptor: FileDescriptor) throws {
        guard fsync(descriptor.rawValue) == 0 else { throw Errno(rawValue: errno) }
    }
}

/// Why an agent's folder cannot be used: a sentence for the operator.
struct StateFault: Error, CustomStringConvertible {
    let description: String

    init(_ description: String) {
        self.description = description
    }
}
