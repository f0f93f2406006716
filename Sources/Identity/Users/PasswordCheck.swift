import API
import Access
import Model
import Store

/// Verifies a user's password and counts wrong ones. A client cannot distinguish an unknown user from a wrong password,
/// neither by the response nor by its duration.
struct PasswordCheck: Sendable {
    let context: IdentityContext
    /// The source of the guess.
    let source: WorkSource

    /// The user's fields that sign-in needs.
    struct Account: Sendable {
        let id: UserID
        let domain: DomainID
        let isEnabled: Bool
        let defaultProject: ProjectID?
        let options: UserOptions
        let hash: String?
        let passwordCreated: Timestamp?
        let passwordExpires: Timestamp?
    }

    func account(_ reference: AuthenticationRequest.UserReference) async throws -> Account? {
        let condition: SQL =
            switch reference {
            case .id(let id): "u.id = \(id)"
            case .name(let name, .id(let domain)): "u.name = \(name) AND u.domain_id = \(domain)"
            case .name(let name, .name(let domain)): "u.name = \(name) AND d.name = \(domain)"
            }
        return try await context.read { transaction in
            try transaction.first(
                """
                SELECT u.id, u.domain_id, u.enabled, d.enabled, u.default_project_id, u.options, u.password_hash,
                    u.password_created_at, u.password_expires_at
                FROM identity_users u JOIN identity_projects d ON d.id = u.domain_id WHERE \(condition)
                """
            ) { row in
                let isEnabled: Bool = try row[2]
                let isDomainEnabled: Bool = try row[3]
                return Account(
                    id: try row[0], domain: try row[1], isEnabled: isEnabled && isDomainEnabled,
                    defaultProject: try row[4],
                    options: UserOptions(JSONValue(column: try row[5])), hash: try row[6], passwordCreated: try row[7],
                    passwordExpires: try row[8])
            }
        }
    }

    /// Throws 401 unless `password` is correct and the account is not locked for this source.
    func verify(_ password: Secret, _ account: Account?) async throws {
        let guessed = account.flatMap { $0.options.ignoresLockout ? nil : SignInAccount($0.id) }
        let isRight = try await SignInGuard(context: context, source: source).attempt(guessed) {
            try await context.hasher.verify(password, against: account?.hash, for: source)
        }
        guard isRight, let account, account.isEnabled else { throw Fault.unauthorized() }
        if let hash = account.hash, context.hasher.isOutdated(hash) { try await renew(hash, password, account) }
    }

    /// Replaces an old hash by one with today's cost, because the password is known at this moment.
    private func renew(_ old: String, _ password: Secret, _ account: Account) async throws {
        let hash = try await context.hasher.hash(password, for: source)
        _ = try await context.store.write { transaction in
            try transaction.execute(
                "UPDATE identity_users SET password_hash = \(hash) WHERE id = \(account.id) AND password_hash = \(old)")
        }
    }
}
