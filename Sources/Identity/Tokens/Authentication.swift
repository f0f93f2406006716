import API
import Access
import Model
import Store

/// Issues tokens for proofs. All refusals of a proof are worded alike, whatever was wrong.
struct Authentication: Sendable {
    let context: IdentityContext
    /// The source of the request.
    let source: WorkSource

    private static let refused = Fault.unauthorized()

    /// The proven user, and what a token obtained with the proofs inherits.
    private struct Proven {
        var user: UserID
        var defaultProject: ProjectID?
        var methods: TokenPayload.Methods
        /// The tokens with which this one is obtained, from the latest to the first.
        var chain: [AuditID] = []
        var expires: Timestamp
        var credential: (id: ApplicationCredentialID, project: ProjectID)?
        var requiredMethods: [Set<String>] = []
    }

    func token(for request: AuthenticationRequest) async throws -> (token: Secret, facts: TokenFacts) {
        let now = context.time.now()
        var proven = try await prove(request, at: now)
        let names = Set(proven.methods.names)
        guard proven.requiredMethods.isEmpty || proven.requiredMethods.contains(where: { $0.isSubset(of: names) })
        else { throw Self.refused }
        if proven.credential != nil, request.scope != nil {
            throw Fault.unauthorized("Application credentials cannot request a scope.")
        }
        proven.expires = max(proven.expires, now)
        let audit = AuditID(context.random)
        let scopes = try await scopes(for: request.scope, proven)
        for scope in scopes {
            let payload = TokenPayload(
                user: proven.user, methods: proven.methods, scope: scope, applicationCredential: proven.credential?.id,
                issued: now, expires: proven.expires, auditIDs: [audit] + proven.chain)
            let facts = try await context.read { transaction in
                try TokenQueries.facts(of: payload, at: now, in: transaction)
            }
            if let facts { return (try context.codec.seal(payload), facts) }
        }
        throw Self.refused
    }

    /// The scopes to try in order. If the default project is not open to the user, the token has no scope.
    private func scopes(
        for asked: AuthenticationRequest.Scope?, _ proven: Proven
    ) async throws -> [TokenPayload.Scope] {
        if let credential = proven.credential { return [.project(credential.project)] }
        switch asked {
        case nil: return (proven.defaultProject.map { [.project($0)] } ?? []) + [.unscoped]
        case .unscoped: return [.unscoped]
        case .system: return [.system]
        case .project(let id): return [.project(id)]
        case .domain(.id(let id)): return [.domain(id)]
        case .domain(.name(let name)):
            let id: DomainID? = try await context.read { transaction in
                try transaction.first("SELECT id FROM identity_projects WHERE is_domain = 1 AND name = \(name)") {
                    row in
                    try row[0]
                }
            }
            return id.map { [.domain($0)] } ?? []
        case .projectName(let name, let domain):
            let id: ProjectID? = try await context.read { transaction in
                try transaction.first(
                    """
                    SELECT p.id FROM identity_projects p JOIN identity_projects d ON d.id = p.domain_id
                    WHERE p.is_domain = 0 AND p.name = \(name) AND \(condition(domain))
                    """
                ) { row in try row[0] }
            }
            return id.map { [.project($0)] } ?? []
        }
    }

    private func condition(_ domain: AuthenticationRequest.DomainReference) -> SQL {
        switch domain {
        case .id(let id): "d.id = \(id)"
        case .name(let name): "d.name = \(name)"
        }
    }

    /// All methods must show the same user.
    private func prove(_ request: AuthenticationRequest, at now: Timestamp) async throws -> Proven {
        var proofs: [Proven] = []
        if let (user, password) = request.password {
            proofs.append(try await prove(user, password, at: now))
        }
        if let token = request.token { proofs.append(try await prove(token, at: now)) }
        if let credential = request.credential { proofs.append(try await prove(credential, at: now)) }
        guard var all = proofs.first, proofs.allSatisfy({ $0.user == all.user }) else { throw Self.refused }
        for proof in proofs.dropFirst() {
            all.methods.formUnion(proof.methods)
            if all.chain.isEmpty { all.chain = proof.chain }
            all.credential = all.credential ?? proof.credential
            all.defaultProject = all.defaultProject ?? proof.defaultProject
            all.expires = min(all.expires, proof.expires)
            all.requiredMethods += proof.requiredMethods
        }
        return all
    }

    private func prove(
        _ reference: AuthenticationRequest.UserReference, _ password: Secret, at now: Timestamp
    ) async throws -> Proven {
        let check = PasswordCheck(context: context, source: source)
        let account = try await check.account(reference)
        try await check.verify(password, account)
        guard let account else { throw Self.refused }
        if let expires = account.passwordExpires, expires <= now {
            throw Fault.unauthorized(
                "The password is expired and needs to be changed for user: \(account.id).")
        }
        return Proven(
            user: account.id, defaultProject: account.defaultProject, methods: .password,
            expires: now + context.options.tokenLifetime, requiredMethods: account.options.requiredMethods)
    }

    private func prove(_ token: Secret, at now: Timestamp) async throws -> Proven {
        guard let payload = await context.codec.open(token) else { throw Self.refused }
        let facts = try await context.read { transaction in
            try TokenQueries.facts(of: payload, at: now, in: transaction)
        }
        guard facts != nil else { throw Self.refused }
        guard payload.applicationCredential == nil else {
            throw Fault.forbidden("A token that came from an application credential cannot be exchanged.")
        }
        guard context.options.allowsRescoping || payload.scope == .unscoped else {
            throw Fault.forbidden("A token that has a scope cannot be exchanged here; authenticate again.")
        }
        guard payload.auditIDs.count < TokenPayload.longestChain else {
            throw Fault.forbidden(
                "A token can be exchanged \(TokenPayload.longestChain - 1) times in a row; authenticate again.")
        }
        return Proven(
            user: payload.user, methods: payload.methods.union(.token), chain: payload.auditIDs,
            expires: payload.expires)
    }

    private func prove(_ reference: AuthenticationRequest.CredentialReference, at now: Timestamp) async throws -> Proven
    {
        let condition: SQL =
            switch reference {
            case .id(let id, _): "c.id = \(id)"
            case .name(let name, .id(let user), _): "c.name = \(name) AND c.user_id = \(user)"
            case .name(let name, .name(let user, let domain), _):
                "c.name = \(name) AND u.name = \(user) AND \(self.condition(domain))"
            }
        struct Found: Sendable {
            let id: ApplicationCredentialID
            let user: UserID
            let project: ProjectID
            let hash: String
            let expires: Timestamp?
        }
        let found: Found? = try await context.read { transaction in
            try transaction.first(
                """
                SELECT c.id, c.user_id, c.project_id, c.secret_hash, c.expires_at
                FROM identity_application_credentials c JOIN identity_users u ON u.id = c.user_id
                JOIN identity_projects d ON d.id = u.domain_id WHERE \(condition)
                """
            ) { row in
                Found(id: try row[0], user: try row[1], project: try row[2], hash: try row[3], expires: try row[4])
            }
        }
        let guessed = found.map { SignInAccount($0.id, of: $0.user) }
        let isRight = try await SignInGuard(context: context, source: source).attempt(guessed) {
            try await context.hasher.verify(reference.secret, against: found?.hash, for: source)
        }
        guard isRight, let found, found.expires.map({ now < $0 }) ?? true else { throw Self.refused }
        let end = now + context.options.tokenLifetime
        return Proven(
            user: found.user, methods: .applicationCredential, expires: found.expires.map { min($0, end) } ?? end,
            credential: (found.id, found.project))
    }
}
