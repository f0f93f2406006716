import Crypto
import FoundationEssentials
public import Logging
public import Model
import NIOPosix
import Synchronization

/// The keys of sanitisation certificates, from a folder that all replicas share or have copies of.
///
/// The newest key signs. The public halves of former keys stay, so that their certificates can always be checked; their
/// private halves are deleted, so that nobody can sign with them any more. The key of pseudonyms never changes, so that
/// a project keeps its pseudonym.
///
/// Folder and secret files must not be open to others (0700, 0600).
public final class CertificateKeyring: Sendable {
    public let folder: String
    private let keys: Mutex<Keys>

    struct Keys: Sendable {
        let signing: Curve25519.Signing.PrivateKey
        /// The signing key first, then the others from new to old.
        let published: [CertificateKey]
        let pseudonyms: Data
    }

    private init(folder: String, keys: Keys) {
        self.folder = folder
        self.keys = Mutex(keys)
    }

    /// Reads the folder, after creating it with a first key if it has none. Throws a sentence for the operator.
    public static func loadOrCreate(folder: String) async throws(Fault) -> CertificateKeyring {
        let keys = try await onFileThread {
            let files = CertificateKeyFolder(folder)
            try files.createIfEmpty()
            return try files.read()
        }
        return CertificateKeyring(folder: folder, keys: keys)
    }

    /// Creates a new signing key. Replicas with the same folder use it within half a minute.
    public static func rotate(folder: String) async throws(Fault) {
        try await onFileThread { try CertificateKeyFolder(folder).rotate() }
    }

    /// Reads the folder again; returns whether another key signs now. If it throws, the former keys stay.
    @discardableResult
    public func reload() async throws(Fault) -> Bool {
        let folder = folder
        let fresh = try await Self.onFileThread { try CertificateKeyFolder(folder).read() }
        return keys.withLock { keys in
            defer { keys = fresh }
            return keys.published != fresh.published
        }
    }

    /// Reloads until cancelled.
    public func watch(every pause: Duration = .seconds(30), logger: Logger) async {
        while !Task.isCancelled {
            do { try await Task.sleep(for: pause) } catch { return }
            do {
                if try await reload() {
                    logger.info("keys of sanitisation certificates were read again", metadata: ["folder": "\(folder)"])
                }
            } catch {
                logger.error("keys of sanitisation certificates cannot be read, the former ones stay: \(error)")
            }
        }
    }

    /// Every key that a certificate of this control plane may be signed with.
    public var published: [CertificateKey] { keys.withLock { $0.published } }

    /// The statement's text and the signature over it.
    public func sign(_ statement: SanitisationStatement) throws -> SanitisationCertificate {
        try sign(any: statement)
    }

    /// Signs the end of a chain.
    public func sign(_ head: ChainHeadStatement) throws -> SanitisationCertificate { try sign(any: head) }

    private func sign(any statement: some Encodable) throws -> SanitisationCertificate {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        let text = String(decoding: try encoder.encode(statement), as: UTF8.self)
        let keys = keys.withLock { $0 }
        let key = CertificateKey(keys.signing.publicKey)
        let signature = try keys.signing.signature(for: Array(text.utf8))
        return SanitisationCertificate(
            statement: text, key: key.id, publicKey: key.publicKey, signature: signature.base64EncodedString())
    }

    /// A pseudonym of a project, which only holders of this folder can trace back: HMAC-SHA-256, 32 hexadecimal digits.
    public func pseudonym(of project: ProjectID) -> String {
        let key = SymmetricKey(data: keys.withLock { $0.pseudonyms })
        let code = HMAC<SHA256>.authenticationCode(for: Array(project.text.utf8), using: key)
        return String(Hexadecimal.text(of: code).prefix(32))
    }

    private static func onFileThread<Value: Sendable>(
        _ work: @escaping @Sendable () throws -> Value
    ) async throws(Fault) -> Value {
        do {
            return try await NIOThreadPool.singleton.runIfActive(work)
        } catch let fault as SanitisationFault {
            throw .badRequest("The keys of sanitisation certificates cannot be used: \(fault).")
        } catch {
            throw .internalError("The keys of sanitisation certificates cannot be used: \(error)")
        }
    }
}
