import Crypto
import FoundationEssentials
import SystemPackage

/// The files of a folder of keys. Every method blocks: call it on a thread for files.
///
///     7.key       the secret half of the newest key, base64: it signs
///     N.pub       the public halves of all keys there ever were
///     pseudonyms  what makes pseudonyms of projects
struct CertificateKeyFolder {
    private let path: FilePath

    init(_ path: String) {
        self.path = FilePath(path)
    }

    /// Makes the folder with a first key where it has none.
    func createIfEmpty() throws {
        let files = FileManager.default
        if !files.fileExists(atPath: path.string) {
            try files.createDirectory(
                atPath: path.string, withIntermediateDirectories: true, attributes: [.posixPermissions: 0o700])
        }
        guard try numbers(".key").isEmpty else { return }
        // Whoever else makes the folder now, too, meets a name that is taken, and reads what the first one wrote.
        try? writeNew(Curve25519.Signing.PrivateKey().rawRepresentation, "pseudonyms")
        try? add(1)
    }

    func read() throws -> CertificateKeyring.Keys {
        try refuse(path, openTo: 0o022, whatIsRight: "chmod 700")
        guard let newest = try numbers(".key").last else {
            throw SanitisationFault(
                "the folder \(path) holds no key; copy another replica's, or let the first one make it")
        }
        let bytes = try secret("\(newest).key")
        guard let signing = try? Curve25519.Signing.PrivateKey(rawRepresentation: bytes) else {
            throw SanitisationFault("\(path.appending("\(newest).key")) must hold 32 bytes in base64")
        }
        var published = [CertificateKey(signing.publicKey)]
        for number in try numbers(".pub").reversed() where number != newest {
            let file = path.appending("\(number).pub")
            guard let raw = Data(base64Encoded: try text(file)),
                let key = try? Curve25519.Signing.PublicKey(rawRepresentation: raw)
            else { throw SanitisationFault("\(file) must hold 32 bytes in base64") }
            published.append(CertificateKey(key))
        }
        return CertificateKeyring.Keys(signing: signing, published: published, pseudonyms: try secret("pseudonyms"))
    }

    /// A new key signs from now on; the old one's secret half is gone.
    func rotate() throws {
        let before = try numbers(".key")
        try add((before.last ?? 0) + 1)
        for number in before { try FileManager.default.removeItem(atPath: path.appending("\(number).key").string) }
    }

    private func add(_ number: Int) throws {
        let key = Curve25519.Signing.PrivateKey()
        try writeNew(key.rawRepresentation, "\(number).key")
        try writeNew(key.publicKey.rawRepresentation, "\(number).pub")
    }

    /// Names without a number are passed over: drafts, and the key of pseudonyms.
    private func numbers(_ ending: String) throws -> [Int] {
        let names: [String]
        do {
            names = try FileManager.default.contentsOfDirectory(atPath: path.string)
        } catch {
            throw SanitisationFault("the folder \(path) cannot be read; it must exist and belong to the service's user")
        }
        return names.compactMap { $0.hasSuffix(ending) ? Int($0.dropLast(ending.count)) : nil }.sorted()
    }

    private func secret(_ name: String) throws -> Data {
        let file = path.appending(name)
        try refuse(file, openTo: 0o077, whatIsRight: "chmod 600")
        guard let bytes = Data(base64Encoded: try text(file)), bytes.count == 32 else {
            throw SanitisationFault("\(file) must hold 32 bytes in base64")
        }
        return bytes
    }

    private func text(_ file: FilePath) throws -> String {
        let bytes = try Data(contentsOf: URL(filePath: file.string))
        return String(String(decoding: bytes.prefix(256), as: UTF8.self).filter { !$0.isWhitespace })
    }

    private func refuse(_ file: FilePath, openTo others: Int, whatIsRight: String) throws {
        let attributes = try? FileManager.default.attributesOfItem(atPath: file.string)
        guard let bits = attributes?[.posixPermissions] as? Int else {
            throw SanitisationFault("\(file) cannot be read; it must exist and belong to the service's user")
        }
        guard bits & others == 0 else {
            throw SanitisationFault(
                "\(file) is open to other users (mode \(String(bits, radix: 8))); \(whatIsRight) it")
        }
    }

    /// Under another name first, and then as a link, which no second writer can take away.
    private func writeNew(_ bytes: Data, _ name: String) throws {
        let draft = path.appending("\(name).\(UInt64.random(in: .min ... .max))")
        let file = try FileDescriptor.open(
            draft, .writeOnly, options: [.create, .exclusiveCreate], permissions: [.ownerRead, .ownerWrite])
        try file.closeAfter { _ = try file.writeAll(Array(bytes.base64EncodedString().utf8)) }
        defer { try? FileManager.default.removeItem(atPath: draft.string) }
        try FileManager.default.linkItem(atPath: draft.string, toPath: path.appending(name).string)
    }
}
