import FoundationEssentials
import SystemPackage

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#elseif canImport(Darwin)
    import Darwin
#endif

/// A folder of secrets: files that only their owner may read, each written whole or not at all. Every method blocks: call it on a
/// thread for files.
///
/// Safe: the C call takes its paths as strings that live as long as the call.
public struct SecretFolder: Sendable {
    public let path: String

    public init(_ path: String) {
        self.path = path
    }

    /// Makes the folder, which only its owner may look into, where it is missing.
    public func make() throws(SecretFolderFault) {
        guard !FileManager.default.fileExists(atPath: path) else { return }
        try trying("\(path) cannot be made") {
            try FileManager.default.createDirectory(
                atPath: path, withIntermediateDirectories: true, attributes: [.posixPermissions: 0o700])
        }
    }

    /// Throws where others may write into the folder.
    public func checkRights() throws(SecretFolderFault) {
        try refuse(path, openTo: 0o022, cure: "chmod 700")
    }

    public func names() throws(SecretFolderFault) -> [String] {
        do {
            return try FileManager.default.contentsOfDirectory(atPath: path)
        } catch {
            throw Self.unreadable(path)
        }
    }

    /// The text of a file. Throws where it is missing, and where others may read it.
    public func secret(_ name: String) throws(SecretFolderFault) -> String {
        try refuse(file(name), openTo: 0o077, cure: "chmod 600")
        guard let text = try text(name) else { throw Self.unreadable(file(name)) }
        return text
    }

    /// The text of a file, whoever may read it; nil where there is none.
    public func text(_ name: String) throws(SecretFolderFault) -> String? {
        let file = file(name)
        guard FileManager.default.fileExists(atPath: file) else { return nil }
        return try trying("\(file) cannot be read") {
            String(decoding: try Data(contentsOf: URL(filePath: file)), as: UTF8.self)
        }
    }

    /// Writes a new file. False, and nothing is written, where there is one already, also one that another process makes meanwhile.
    public func create(_ name: String, _ text: String) throws(SecretFolderFault) -> Bool {
        let file = file(name)
        return try trying("\(file) cannot be written") {
            let draft = try draft(file, text)
            defer { try? FileManager.default.removeItem(atPath: draft) }
            do {
                // A link, which no second writer can take away.
                try FileManager.default.linkItem(atPath: draft, toPath: file)
                return true
            } catch {
                if FileManager.default.fileExists(atPath: file) { return false }
                throw error
            }
        }
    }

    /// Writes or replaces a file.
    public func replace(_ name: String, _ text: String) throws(SecretFolderFault) {
        let file = file(name)
        try trying("\(file) cannot be written") {
            let draft = try draft(file, text)
            do {
                guard unsafe rename(draft, file) == 0 else { throw Errno(rawValue: errno) }
            } catch {
                try? FileManager.default.removeItem(atPath: draft)
                throw error
            }
        }
    }

    /// Throws where there is a file of the new name.
    public func move(_ name: String, to other: String) throws(SecretFolderFault) {
        let (old, new) = (file(name), file(other))
        try trying("\(old) cannot be moved to \(new)") { try FileManager.default.moveItem(atPath: old, toPath: new) }
    }

    /// Done also where there is no such file.
    public func remove(_ name: String) throws(SecretFolderFault) {
        let file = file(name)
        guard FileManager.default.fileExists(atPath: file) else { return }
        try trying("\(file) cannot be removed") { try FileManager.default.removeItem(atPath: file) }
    }

    private func file(_ name: String) -> String { "\(path)/\(name)" }

    /// Under another name first, at no moment readable by others, so that no reader finds half a secret.
    private func draft(_ file: String, _ text: String) throws -> String {
        let draft = "\(file).\(String(UInt64.random(in: .min ... .max), radix: 36))"
        let descriptor = try FileDescriptor.open(
            FilePath(draft), .writeOnly, options: [.create, .exclusiveCreate], permissions: .ownerReadWrite)
        do {
            try descriptor.closeAfter {
                _ = try descriptor.writeAll(text.utf8)
                // A key that the disk lost would cost the operator everything that was made with it.
                guard fsync(descriptor.rawValue) == 0 else { throw Errno(rawValue: errno) }
            }
        } catch {
            try? FileManager.default.removeItem(atPath: draft)
            throw error
        }
        return draft
    }

    private func refuse(_ file: String, openTo others: Int, cure: String) throws(SecretFolderFault) {
        let attributes = try? FileManager.default.attributesOfItem(atPath: file)
        guard let bits = attributes?[.posixPermissions] as? Int else { throw Self.unreadable(file) }
        guard bits & others == 0 else {
            throw SecretFolderFault("\(file) is open to other users (mode \(String(bits, radix: 8))); \(cure) it")
        }
    }

    private static func unreadable(_ file: String) -> SecretFolderFault {
        SecretFolderFault("\(file) cannot be read; it must exist and belong to the service's user")
    }

    private func trying<Value>(_ trouble: String, _ body: () throws -> Value) throws(SecretFolderFault) -> Value {
        do {
            return try body()
        } catch {
            throw SecretFolderFault("\(trouble): \(error)")
        }
    }
}
