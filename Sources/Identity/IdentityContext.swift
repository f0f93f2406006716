import API
import Access
import FoundationEssentials
import Logging
import Model
import Store

/// What every part of the service works with.
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
    /// Lets time pass; a parameter, so that tests need not wait.
    let pause: @Sendable (Duration) async throws -> Void
    let gate = SignInGate()

    /// The address that links begin with, without a trailing slash: `http://host/identity`.
    func base(_ call: Call) -> String { options.publicURL ?? (call.origin + call.mount) }

    /// Runs `body` in a transaction; a broken unique constraint is 409 with `duplicate`.
    ///
    /// Once the change is durable, this process forgets what it remembers of tokens.
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
    /// Notes that something of the Identity service changed, so that other replicas forget what they remember.
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
