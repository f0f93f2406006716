import API
import Access
import FoundationEssentials
import Logging
import Model
import Store

/// What every part of the service uses.
struct IdentityContext: Sendable {
    let store: any StateStore
    let codec: TokenCodec
    let hasher: PasswordHasher
    let time: TimeSource
    let ids: IDSource
    let random: RandomSource
    let options: IdentityOptions
    let changes: IdentityChanges
    let logger: Logger
    /// Waits; a parameter, so that tests need not wait.
    let pause: @Sendable (Duration) async throws -> Void
    let gate = SignInGate()

    /// The base URL of links, without a trailing slash, such as `http://host/identity`.
    func base(_ call: Call) -> String { options.publicURL ?? (call.origin + call.mount) }

    /// Runs `body` in a transaction; a violated unique constraint is 409 with `duplicate`.
    ///
    /// When the change is durable, this process invalidates its caches of tokens.
    func write<Result: Sendable>(
        duplicate: String? = nil, _ body: @escaping @Sendable (any Transaction) throws -> Result
    ) async throws -> Result {
        do {
            let result = try await store.write(body)
            changes.announce()
            return result
        } catch let error as StoreError where error.code == .unique {
            guard let duplicate else { throw error }
            throw Fault.conflict(duplicate)
        }
    }

    func read<Result: Sendable>(
        _ body: @escaping @Sendable (any Transaction) throws -> Result
    ) async throws -> Result {
        try await store.read(body)
    }
}

extension Transaction {
    /// Records that something in the Identity service changed, so that other replicas invalidate their caches.
    func noteIdentity(_ key: String) throws { try note(change: "identity", key: key) }
}

extension Fault {
    static func missing(_ kind: String, _ id: some CustomStringConvertible) -> Fault {
        .notFound("Could not find \(kind): \("\(id)".prefix(80)).")
    }

    static func duplicate(_ kind: String, name: String, domain: DomainID? = nil) -> String {
        "Conflict occurred attempting to store \(kind) - Duplicate entry found with name \(name)"
            + (domain.map { " at domain ID \($0)." } ?? ".")
    }

    static func immutable(_ kind: String, _ id: some CustomStringConvertible) -> Fault {
        .forbidden(
            "Cannot modify or delete the \(kind) \(id): its option 'immutable' is set; unset that first, alone.")
    }
}
