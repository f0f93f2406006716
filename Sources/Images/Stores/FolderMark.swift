import FoundationEssentials
import Model
import SystemPackage

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#elseif canImport(Darwin)
    import Darwin
#endif

/// The file `store` in a store's folder, by which a replica knows that what is mounted there is the right folder.
///
/// Safe: C calls take their paths as strings that live as long as the call.
///
/// Blocks. Throws 400 with the folder's name: whoever configured it is told.
struct FolderMark {
    let root: String

    private var path: String { "\(root)/store" }

    var isThere: Bool { FileManager.default.fileExists(atPath: path) }

    /// Nil where there is none. Tries, too, whether the folder can be written.
    func read() throws -> StoreMark? {
        do {
            try probe()
            guard isThere else { return nil }
            guard let data = try? Data(contentsOf: URL(filePath: path)) else { throw Errno.ioError }
            guard let mark = StoreMark(String(decoding: data, as: UTF8.self).filter { !$0.isWhitespace }) else {
                throw Fault.badRequest("The file '\(path)' is no mark of a store; name another folder.")
            }
            return mark
        } catch let error as Errno {
            throw unusable(error)
        }
    }

    /// Whole or not at all, also where another replica does the same.
    func write(_ mark: StoreMark) throws {
        do {
            let draft = "\(root)/.store-\(UUID().uuidString.lowercased())"
            let file = try FileDescriptor.open(
                FilePath(draft), .writeOnly, options: [.create, .exclusiveCreate, .closeOnExec],
                permissions: .ownerReadWrite)
            try file.closeAfter {
                _ = try file.writeAll("\(mark)\n".utf8)
                guard fsync(file.rawValue) == 0 else { throw Errno(rawValue: errno) }
            }
            // Safe because rename(2) reads both texts as C strings, which live until it returns.
            guard unsafe rename(draft, path) == 0 else { throw Errno(rawValue: errno) }
            try FileStore.sync(folder: root)
        } catch let error as Errno {
            throw unusable(error)
        }
    }

    /// A file comes, is read, and goes. Throws an `Errno`.
    func probe() throws {
        try FileStore.makeFolder(root)
        let probe = "\(root)/.probe-\(UUID().uuidString.lowercased())"
        let file = try FileDescriptor.open(
            FilePath(probe), .writeOnly, options: [.create, .exclusiveCreate, .closeOnExec],
            permissions: .ownerReadWrite)
        do {
            let text = Data("probe\n".utf8)
            try file.closeAfter { _ = try file.writeAll(text) }
            guard let read = try? Data(contentsOf: URL(filePath: probe)), read == text else { throw Errno.ioError }
        } catch {
            try? FileStore.unlinkFile(probe)
            throw error
        }
        try FileStore.unlinkFile(probe)
    }

    private func unusable(_ error: Errno) -> Fault {
        .badRequest("The folder '\(root)' of images cannot be used: \(error). It must be there and writable.")
    }
}
