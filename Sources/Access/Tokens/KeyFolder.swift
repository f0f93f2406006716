import FoundationEssentials
import SystemPackage

/// The files of a key folder. Every method blocks: call it on a thread for files.
struct KeyFolder: Sendable {
    private let path: FilePath

    init(_ path: String) {
        self.path = FilePath(path)
    }

    func keys() throws -> FernetKeyring.Keys {
        try refuse(path, openTo: 0o022, whatIsRight: "chmod 700")
        let numbers = try numbers()
        guard !numbers.isEmpty else {
            throw KeyringError(
                "The key folder \(path) holds no keys; copy another replica's, or let the first one make them.")
        }
        var keys: [Fernet.Key] = []
        for number in numbers.reversed() {
            let file = path.appending(String(number))
            try refuse(file, openTo: 0o077, whatIsRight: "chmod 600")
            guard let key = Fernet.Key(try read(file)) else {
                throw KeyringError("The key file \(file) is malformed; it must hold 32 bytes in URL-safe base64.")
            }
            keys.append(key)
        }
        return FernetKeyring.Keys(all: keys)
    }

    func createIfEmpty(_ random: RandomSource) throws {
        let files = FileManager.default
        if !files.fileExists(atPath: path.string) {
            try files.createDirectory(
                atPath: path.string, withIntermediateDirectories: true, attributes: [.posixPermissions: 0o700])
        }
        guard try numbers().isEmpty else { return }
        try write(Fernet.Key.generate(random), as: 0)
        try write(Fernet.Key.generate(random), as: 1)
    }

    func rotate(maxActive: Int, _ random: RandomSource) throws {
        let before = try numbers()
        let primary = (before.last ?? 0) + 1
        if before.first == 0 {
            try FileManager.default.moveItem(
                atPath: path.appending("0").string, toPath: path.appending(String(primary)).string)
        } else {
            try write(Fernet.Key.generate(random), as: primary)
        }
        try write(Fernet.Key.generate(random), as: 0)
        let signed = try numbers().filter { $0 > 0 }
        for number in signed.dropLast(max(2, maxActive) - 1) {
            try FileManager.default.removeItem(atPath: path.appending(String(number)).string)
        }
    }

    /// Names that are not numbers, such as a key that is still being written, are passed over.
    private func numbers() throws -> [Int] {
        let names: [String]
        do {
            names = try FileManager.default.contentsOfDirectory(atPath: path.string)
        } catch {
            throw KeyringError("The key folder \(path) cannot be read; it must exist and belong to the service's user.")
        }
        return names.filter { $0.utf8.allSatisfy { (48...57).contains($0) } }.compactMap { Int($0) }.sorted()
    }

    private func refuse(_ file: FilePath, openTo others: Int, whatIsRight: String) throws {
        let attributes = try? FileManager.default.attributesOfItem(atPath: file.string)
        guard let bits = attributes?[.posixPermissions] as? Int else {
            throw KeyringError("\(file) cannot be read; it must exist and belong to the service's user.")
        }
        guard bits & others == 0 else {
            throw KeyringError("\(file) is open to other users (mode \(String(bits, radix: 8))); \(whatIsRight) it.")
        }
    }

    private func read(_ file: FilePath) throws -> String {
        let bytes = try Data(contentsOf: URL(filePath: file.string))
        let text = String(decoding: bytes.prefix(256), as: UTF8.self)
        return String(text.drop { $0.isWhitespace }.reversed().drop { $0.isWhitespace }.reversed())
    }

    /// Under another name first, so that no reader finds half a key.
    private func write(_ key: String, as number: Int) throws {
        let draft = path.appending("\(number).new")
        try? FileManager.default.removeItem(atPath: draft.string)
        let file = try FileDescriptor.open(
            draft, .writeOnly, options: [.create, .exclusiveCreate], permissions: [.ownerRead, .ownerWrite])
        try file.closeAfter { _ = try file.writeAll(Array(key.utf8)) }
        try FileManager.default.moveItem(atPath: draft.string, toPath: path.appending(String(number)).string)
    }
}
