import Crypto
import FoundationEssentials
import Model

/// A payload as it lies in the database: sealed by AES-256-GCM with a key of its own, which a master key wraps in the same way.
///
/// Both are bound to the secret and its project: what is moved to another row does not open there. Nonces are random: a payload's key
/// seals once, and a master key wraps fewer keys than random nonces allow (2³²).
///
/// Safe: the bytes of a key are copied while the closure runs.
struct SealedPayload: Sendable, Equatable {
    let masterKey: MasterKeyID
    /// Nonce, ciphertext and tag.
    let wrappedKey: Data
    /// Nonce, ciphertext and tag.
    let sealed: Data

    init(masterKey: MasterKeyID, wrappedKey: Data, sealed: Data) {
        self.masterKey = masterKey
        self.wrappedKey = wrappedKey
        self.sealed = sealed
    }

    init(sealing payload: [UInt8], of id: SecretID, _ project: ProjectID, by master: MasterKey) throws(Fault) {
        let key = SymmetricKey(size: .bits256)
        masterKey = master.id
        sealed = try Self.seal(payload, with: key, Self.context("payload", id, project))
        wrappedKey = try Self.wrap(key, of: id, project, by: master)
    }

    /// Throws 500 where the row was altered, or moved.
    func open(of id: SecretID, _ project: ProjectID, by master: MasterKey) throws(Fault) -> [UInt8] {
        let key = try Self.unwrap(wrappedKey, of: id, project, by: master)
        return Array(try Self.open(sealed, with: key, Self.context("payload", id, project), of: id))
    }

    static func wrap(
        _ key: SymmetricKey, of id: SecretID, _ project: ProjectID, by master: MasterKey
    ) throws(Fault) -> Data {
        let bytes = unsafe key.withUnsafeBytes { bytes in unsafe Array(bytes) }
        return try seal(bytes, with: master.key, context("key", id, project))
    }

    static func unwrap(
        _ wrappedKey: Data, of id: SecretID, _ project: ProjectID, by master: MasterKey
    ) throws(Fault) -> SymmetricKey {
        SymmetricKey(data: try open(wrappedKey, with: master.key, context("key", id, project), of: id))
    }

    /// The id has one length, so that no other pair gives the same text.
    private static func context(_ what: String, _ id: SecretID, _ project: ProjectID) -> Data {
        Data("key-manager \(what) \(id) \(project)".utf8)
    }

    private static func seal(_ bytes: [UInt8], with key: SymmetricKey, _ context: Data) throws(Fault) -> Data {
        guard let box = try? AES.GCM.seal(bytes, using: key, authenticating: context), let sealed = box.combined else {
            throw .internalError("a payload cannot be sealed")
        }
        return sealed
    }

    private static func open(
        _ sealed: Data, with key: SymmetricKey, _ context: Data, of id: SecretID
    ) throws(Fault) -> Data {
        guard let box = try? AES.GCM.SealedBox(combined: sealed),
            let bytes = try? AES.GCM.open(box, using: key, authenticating: context)
        else { throw .internalError("the payload of secret \(id) does not open: its row was altered") }
        return bytes
    }
}
