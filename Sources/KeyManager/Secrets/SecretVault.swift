import Conventions
import Model
import Store

/// Secrets and their payloads by the rules, for whoever asks: the endpoints, and other services in this process.
struct SecretVault: Sendable {
    let store: any StateStore
    let keyring: MasterKeyring
    let time: TimeSource

    /// Throws 404 where there is none that the caller may see.
    func record(_ id: SecretID, for caller: Caller) async throws -> SecretRecord {
        let scope = TenantScope(caller)
        let now = time.now()
        return try await store.read { try SecretBook.get(id, scope, at: now, in: $0) }
    }

    /// What a secret holds. Throws 404 where it holds nothing yet.
    func payload(of secret: SecretRecord) async throws -> SecretPayload {
        let sealed = try await store.read { try SecretBook.payload(of: secret.id, in: $0) }
        guard let sealed, let type = secret.contentType else {
            throw Fault.notFound("Secret payload not found.")
        }
        let master = try await keyring.key(sealed.masterKey)
        return SecretPayload(
            bytes: try sealed.open(of: secret.id, secret.project, by: master), contentType: type)
    }

    /// Stores a secret, with its payload where it is there already.
    ///
    /// - Parameter check: runs in the same transaction, and throws where there may not be one more
    func insert(
        _ secret: SecretRecord, _ payload: SecretPayload?,
        check: @escaping @Sendable (any Transaction) throws -> Void
    ) async throws {
        let sealed = try await seal(payload, in: secret)
        try await store.write { transaction in
            try check(transaction)
            try SecretBook.insert(secret, in: transaction)
            guard let payload, let sealed else { return }
            _ = try SecretBook.put(
                sealed, payload.contentType, in: secret.id, at: secret.updated, in: transaction)
        }
    }

    /// Gives a secret its payload. Throws 409 where it has one.
    func put(_ payload: SecretPayload, in secret: SecretRecord, for caller: Caller) async throws {
        guard let sealed = try await seal(payload, in: secret) else { return }
        let scope = TenantScope(caller)
        let now = time.now()
        try await store.write { transaction in
            // It may have gone meanwhile.
            _ = try SecretBook.get(secret.id, scope, at: now, in: transaction)
            guard try SecretBook.put(sealed, payload.contentType, in: secret.id, at: now, in: transaction) else {
                throw Fault.conflict("Secret already has data, cannot modify it.")
            }
        }
    }

    /// Throws 404 where there is none that the caller may see.
    func delete(_ secret: SecretRecord, for caller: Caller) async throws {
        let scope = TenantScope(caller)
        let now = time.now()
        try await store.write { transaction in
            _ = try SecretBook.get(secret.id, scope, at: now, in: transaction)
            try SecretBook.delete(secret.id, in: transaction)
        }
    }

    private func seal(_ payload: SecretPayload?, in secret: SecretRecord) async throws -> SealedPayload? {
        guard let payload else { return nil }
        let master = try await keyring.newest()
        return try SealedPayload(sealing: payload.bytes, of: secret.id, secret.project, by: master)
    }
}
