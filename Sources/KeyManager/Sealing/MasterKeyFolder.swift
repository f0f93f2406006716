import Crypto
import FoundationEssentials
import KeyFiles

/// The files of a folder of master keys. Every method blocks: call it on a thread for files.
///
///     2.key   the newest key, base64: it wraps
///     1.key   an older one, which opens what it wrapped
struct MasterKeyFolder: Sendable {
    private static let ending = ".key"
    let folder: SecretFolder

    init(_ path: String) {
        folder = SecretFolder(path)
    }

    /// Makes the folder with a first key if it has none.
    func createIfEmpty() throws(SecretFolderFault) {
        try folder.make()
        guard try numbers().isEmpty else { return }
        // Whoever else makes it now, too, meets a name that is taken, and reads what the first one wrote.
        _ = try create(1)
    }

    /// From old to new. Throws where a file is open to others, or holds no key.
    func read() throws -> [MasterKey] {
        try folder.checkRights()
        return try numbers().map { number in
            let text = try folder.secret("\(number)\(Self.ending)")
            guard let bytes = Data(base64Encoded: text.filter { !$0.isWhitespace }), let key = MasterKey(bytes) else {
                throw MasterKeyFault.malformed("\(folder.path)/\(number)\(Self.ending)")
            }
            return key
        }
    }

    /// Makes a new key, which wraps from now on. False where another process makes one at the same time.
    func add() throws(SecretFolderFault) -> Bool {
        try folder.checkRights()
        return try create((try numbers().last ?? 0) + 1)
    }

    /// Names without a number are ignored: drafts.
    private func numbers() throws(SecretFolderFault) -> [Int] {
        try folder.names().compactMap { name in
            name.hasSuffix(Self.ending) ? Int(name.dropLast(Self.ending.count)) : nil
        }.sorted()
    }

    /// Safe: the bytes of the key are copied while the closure runs.
    private func create(_ number: Int) throws(SecretFolderFault) -> Bool {
        let key = SymmetricKey(size: .bits256)
        let bytes = unsafe key.withUnsafeBytes { bytes in unsafe Data(Array(bytes)) }
        return try folder.create("\(number)\(Self.ending)", bytes.base64EncodedString() + "\n")
    }
}
