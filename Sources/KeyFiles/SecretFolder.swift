import FoundationEssentials

/// A folder of secrets: files that only their owner may read, each written whole or not at all. Every method blocks: call it on a
/// thread for files.
public struct SecretFolder: Sendable {
    public let path: String

    public init(_ path: String) {
        self.path = path
    }

    /// Makes the folder, which only its owner may look into, where it is missing.
    public func make() throws(SecretFolderFault) {
        try trying("\(path) cannot be made") { try OwnFiles.makeFolder(path) }
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
            let draft = try OwnFiles.draft(Array(text.utf8), of: file)
            defer { try? FileManager.default.removeItem(atPath: draft) }
            do {
                // A link, which no second writer can take away.
                try FileManager.default.linkItem(atPath: draft, toPath: file)
            } catch {
                if FileManager.default.fileExists(atPath: file) { return false }
                throw error
            }
            try OwnFiles.syncFolder(of: file)
            return true
        }
    }

    /// Writes or replaces a file.
    public func replace(_ name: String, _ text: String) throws(SecretFolderFault) {
        let file = file(name)
        try trying("\(file) cannot be written") { try OwnFiles.write(Array(text.utf8), to: file) }
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
