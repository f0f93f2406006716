import Crypto
import FoundationEssentials
import KeyFiles

/// The files of a folder of keys. Every method blocks: call it on a thread for files.
///
///     7.key       the secret half of the newest key, base64: it signs
///     N.pub       the public halves of all keys there ever were
///     pseudonyms  what makes pseudonyms of projects
struct CertificateKeyFolder {
    private let folder: SecretFolder

    init(_ path: String) {
        folder = SecretFolder(path)
    }

    /// Creates the folder with a first key if it has none.
    func createIfEmpty() throws {
        try trying {
            try folder.make()
            guard try numbers(".key").isEmpty else { return }
            // Whoever else makes the folder now, too, meets a name that is taken, and reads what the first one wrote.
            _ = try create("pseudonyms", Curve25519.Signing.PrivateKey().rawRepresentation)
            _ = try add(1)
        }
    }

    func read() throws -> CertificateKeyring.Keys {
        try trying {
            try folder.checkRights()
            guard let newest = try numbers(".key").last else {
                throw SanitisationFault(
                    "the folder \(folder.path) holds no key; copy another replica's, or let the first one make it")
            }
            let signing = try key("\(newest).key") { raw in
                try? Curve25519.Signing.PrivateKey(rawRepresentation: raw)
            }
            var published = [CertificateKey(signing.publicKey)]
            for number in try numbers(".pub").reversed() where number != newest {
                guard let raw = Data(base64Encoded: Self.trimmed(try folder.text("\(number).pub") ?? "")),
                    let key = try? Curve25519.Signing.PublicKey(rawRepresentation: raw)
                else { throw malformed("\(number).pub") }
                published.append(CertificateKey(key))
            }
            return CertificateKeyring.Keys(
                signing: signing, published: published, pseudonyms: try key("pseudonyms") { $0 })
        }
    }

    /// Creates a new key, which signs from now on; the old key's private half is deleted.
    func rotate() throws {
        try trying {
            let before = try numbers(".key")
            guard try add((before.last ?? 0) + 1) else {
                throw SanitisationFault(
                    "the keys in \(folder.path) are rotated by another process at the same time; look again")
            }
            for number in before { try folder.remove("\(number).key") }
        }
    }

    /// False where another process adds a key of this number.
    private func add(_ number: Int) throws -> Bool {
        let key = Curve25519.Signing.PrivateKey()
        guard try create("\(number).key", key.rawRepresentation) else { return false }
        return try create("\(number).pub", key.publicKey.rawRepresentation)
    }

    /// The numbers of the keys. Names without a number are ignored: drafts, and the key of pseudonyms.
    private func numbers(_ ending: String) throws -> [Int] {
        try folder.names().compactMap { $0.hasSuffix(ending) ? Int($0.dropLast(ending.count)) : nil }.sorted()
    }

    private func key<Key>(_ name: String, _ read: (Data) -> Key?) throws -> Key {
        guard let bytes = Data(base64Encoded: Self.trimmed(try folder.secret(name))), bytes.count == 32,
            let key = read(bytes)
        else { throw malformed(name) }
        return key
    }

    private func create(_ name: String, _ bytes: Data) throws -> Bool {
        try folder.create(name, bytes.base64EncodedString())
    }

    private func malformed(_ name: String) -> SanitisationFault {
        SanitisationFault("\(folder.path)/\(name) must hold 32 bytes in base64")
    }

    private static func trimmed(_ text: String) -> String { text.filter { !$0.isWhitespace } }

    private func trying<Value>(_ body: () throws -> Value) throws -> Value {
        do {
            return try body()
        } catch let fault as SecretFolderFault {
            throw SanitisationFault("\(fault)")
        }
    }
}
