import Access
public import Clients
public import Model
import Store
import Synchronization

/// Tokens and catalog of the identity service in this process, for calls to other services that trust it. There is no
/// sign-in, because a process with the token keys needs no password.
public final class EmbeddedServiceTokens: ServiceTokens, ServiceCatalog {
    private let context: IdentityContext
    private let account: ServiceAccount
    private let current = Mutex<Issued?>(nil)
    private let issues = SingleFlight<Int, Issued>()
    /// A token that expires sooner is replaced before use.
    private let margin: Duration = .seconds(60)

    private struct Issued: Sendable {
        let token: Secret
        let facts: TokenFacts
    }

    init(_ context: IdentityContext, account: ServiceAccount) {
        self.context = context
        self.account = account
    }

    /// Throws 503 if the account cannot have a token.
    public func token() async throws(Fault) -> Secret { try await issued().token }

    public func forget(_ token: Secret) {
        current.withLock { current in
            if current?.token == token { current = nil }
        }
    }

    public func endpoint(type: String, interface: String, region: String?) async throws(Fault) -> String? {
        let facts = try await issued().facts
        return try await ask { transaction in
            try CatalogView(for: facts, in: transaction).addresses(ofType: type)
        }.url(interface: interface, region: region)
    }

    private func issued() async throws(Fault) -> Issued {
        if let valid { return valid }
        return try await issues.run(0) { () throws(Fault) in
            if let valid { return valid }
            let fresh = try await issue()
            current.withLock { $0 = fresh }
            return fresh
        }
    }

    private var valid: Issued? {
        let now = context.time.now()
        return current.withLock { current in
            guard let current, now + margin < current.facts.payload.expires else { return nil }
            return current
        }
    }

    private func issue() async throws(Fault) -> Issued {
        let now = context.time.now()
        let (account, audit) = (account, AuditID(context.random))
        let expires = now + context.options.tokenLifetime
        let facts: TokenFacts? = try await ask { transaction in
            let found: (UserID, ProjectID)? = try transaction.first(
                """
                SELECT u.id, p.id FROM identity_users u
                JOIN identity_projects ud ON ud.id = u.domain_id AND ud.name = \(account.userDomain)
                JOIN identity_projects p ON p.is_domain = 0 AND p.name = \(account.project)
                JOIN identity_projects pd ON pd.id = p.domain_id AND pd.name = \(account.projectDomain)
                WHERE u.name = \(account.user)
                """
            ) { row in (try row[0], try row[1]) }
            guard let (user, project) = found else { return nil }
            let payload = TokenPayload(
                user: user, methods: .password, scope: .project(project), issued: now, expires: expires,
                auditIDs: [audit])
            return try TokenQueries.facts(of: payload, at: now, in: transaction)
        }
        guard let facts else {
            throw .unavailable(
                "Another service cannot be called at the moment; try again later.",
                context: "The identity service of this process has no enabled user '\(account.user)' of domain "
                    + "'\(account.userDomain)' with a role in project '\(account.project)' of domain '\(account.projectDomain)': "
                    + "create it, or name another in the section keystone.")
        }
        do {
            return Issued(token: try context.codec.seal(facts.payload), facts: facts)
        } catch {
            throw .internalError("a token for \(account.user) could not be sealed: \(error)")
        }
    }

    private func ask<Result: Sendable>(
        _ body: @escaping @Sendable (any Transaction) throws -> Result
    ) async throws(Fault) -> Result {
        do {
            return try await context.read(body)
        } catch let fault as Fault {
            throw fault
        } catch {
            throw .unavailable(
                "The identity service cannot be reached at the moment; try again later.", context: "\(error)")
        }
    }
}

extension IdentityService {
    /// The tokens with which a component of this process calls other services.
    package func serviceTokens(as account: ServiceAccount) -> EmbeddedServiceTokens {
        EmbeddedServiceTokens(context, account: account)
    }
}
