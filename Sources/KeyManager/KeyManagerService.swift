public import API
public import Model
public import Store

/// The key manager: certificates, passphrases and keys that projects keep, as Barbican's small part.
///
///     HTTP ─▶ SecretEndpoints, PayloadEndpoints ─▶ SecretVault ─▶ SecretBook ─▶ one transaction
///     other services of this process ─▶ LocalCertificateSecrets ─▶┘    └─▶ SealedPayload ◀─ MasterKeyring ◀─ a folder of keys
///
/// Stateless: all it knows is in the database, sealed, and in the folder of master keys.
public struct KeyManagerService: Sendable {
    public let endpoints: [Endpoint]
    let vault: SecretVault

    /// Reads the master keys, or makes the first one. Throws 400 with a sentence for the operator where that cannot be.
    ///
    /// - Parameter masterKeys: their folder, the same for all replicas
    public init(
        store: any StateStore, masterKeys: String, options: KeyManagerOptions = KeyManagerOptions(),
        time: TimeSource = .system, ids: IDSource = .random
    ) async throws(Fault) {
        let keyring = try await MasterKeyring.loadOrCreate(folder: masterKeys)
        vault = SecretVault(store: store, keyring: keyring, time: time)
        endpoints =
            VersionEndpoints.all + SecretEndpoints(vault: vault, options: options, ids: ids).all
            + PayloadEndpoints(vault: vault, options: options).all
    }

    /// Throws 400 where secrets are sealed with master keys that the folder does not have: they could not be read, and nobody would know
    /// before somebody needs one.
    package func checkMasterKeys() async throws {
        let needed = try await vault.store.read { try WrapBook.masterKeys(in: $0) }
        let missing = vault.keyring.missing(of: needed)
        guard missing.isEmpty else {
            throw Fault.badRequest(
                "Secrets in the database are encrypted with master keys that \(vault.keyring.folder) does not hold "
                    + "(\(missing.map(\.text).joined(separator: ", "))); restore the folder from a backup, or copy another replica's."
            )
        }
    }

    /// The service as the dispatcher mounts it, at `/key-manager`.
    public func service(authenticator: any Authenticator, authorizer: any Authorizer) -> Service {
        Service(
            name: "key-manager", title: "Key Manager API", prefix: "/key-manager", family: KeyManagerFamily(),
            endpoints: endpoints, authenticator: authenticator, authorizer: authorizer)
    }
}
