import FoundationEssentials
import Glibc
import KeyFiles
public import Model
import Settings
import SystemPackage

/// The folder in which `kilonova dev` keeps everything: database, token keys, passwords, clouds.yaml, agents' journals.
///
/// Held by one process at a time; the lock ends with the process, whichever way it ends.
public struct DataFolder: Sendable {
    public let path: String
    private let lock: FileDescriptor

    /// Creates the folder if it is missing (only its owner may enter) and locks it.
    ///
    /// Throws 409 if another process holds it, 400 with the reason if it cannot be used.
    public static func open(_ path: String) throws -> DataFolder {
        // What this process writes from here on is its owner's alone.
        OwnFiles.keepPrivate()
        let absolute = absolute(path)
        let lock: FileDescriptor
        do {
            try OwnFiles.makeFolder(absolute)
            lock = try FileDescriptor.open(
                FilePath(absolute + "/lock"), .readWrite, options: [.create, .closeOnExec],
                permissions: [.ownerReadWrite])
        } catch {
            throw Fault.badRequest("The data folder '\(absolute)' cannot be used: \(OwnFiles.reason(error)).")
        }
        guard flock(lock.rawValue, LOCK_EX | LOCK_NB) == 0 else {
            try lock.close()
            throw Fault.conflict(
                "Another process already works in the data folder '\(absolute)'; stop that one, or name another folder."
            )
        }
        return DataFolder(path: absolute, lock: lock)
    }

    /// The absolute path.
    static func absolute(_ path: String) -> String { URL(filePath: path).standardizedFileURL.path }

    /// The settings that place everything in the folder.
    static func overrides(_ folder: String) -> [String: SettingsValue] {
        [
            "database.url": .text("sqlite://\(folder)/kilonova.sqlite"),
            "identity.fernet_key_repository": .text("\(folder)/token-keys"),
        ]
    }

    /// Releases the folder for another process, or another cloud of this one.
    public func release() {
        // Closing ends the lock; a failure to close leaves nothing that could be done.
        try? lock.close()
    }

    public var clouds: String { path + "/clouds.yaml" }

    /// The folder for the agent of `host`: a different one for each name, whatever characters the name has.
    func agentState(of host: HostName) -> String {
        var name = ""
        for byte in host.text.utf8 {
            let character = Character(UnicodeScalar(byte))
            let isPlain = character.isASCII && (character.isLetter || character.isNumber || "-_".contains(character))
            if isPlain || (character == "." && !name.isEmpty) {
                name.append(character)
            } else {
                name += "%" + String(byte, radix: 16)
            }
        }
        return path + "/agents/" + name
    }

    /// The secret in the file `name`, created if there is none. Only the owner may read it.
    ///
    /// Safe: the path lives as long as the call.
    public func secret(_ name: String) throws -> Secret {
        let file = path + "/" + name
        // One that the operator put there, or an older release made, is closed to others, too.
        _ = unsafe chmod(file, 0o600)
        if let data = FileManager.default.contents(atPath: file), let text = String(bytes: data, encoding: .utf8) {
            let line = text.prefix { !$0.isNewline }
            if !line.isEmpty { return Secret(String(line)) }
        }
        var generator = SystemRandomNumberGenerator()
        let letters = Array("abcdefghijkmnpqrstuvwxyzABCDEFGHJKLMNPQRSTUVWXYZ23456789")
        let text = String((0..<24).map { _ in letters[Int.random(in: letters.indices, using: &generator)] })
        try write(text + "\n", to: name)
        return Secret(text)
    }

    /// Replaces the file `name` atomically; after a crash, it has the old or the new content.
    public func write(_ text: String, to name: String) throws {
        do {
            try OwnFiles.write(Array(text.utf8), to: path + "/" + name)
        } catch {
            throw Fault.unavailable("'\(path)/\(name)' cannot be written: \(OwnFiles.reason(error)).")
        }
    }
}
