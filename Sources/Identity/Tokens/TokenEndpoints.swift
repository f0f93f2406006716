import API
import Access
import HTTPTypes
import Model
import Store

/// Issuing, validation and revocation of tokens, and what the caller's token may be used for.
struct TokenEndpoints: Sendable {
    let context: IdentityContext

    private let catalogSwitch = QueryParameter<String>("nocatalog", "Leaves the catalog out.")
    private let expiredSwitch = QueryParameter<Bool>("allow_expired", "Also shows a token that expired recently.")
    private let cascade = QueryParameter<Bool>("cascade", "False keeps the tokens that were obtained with this one.")

    private static let token = AnswerHeader(.subjectToken, "The token")

    var all: [Endpoint] {
        [
            Endpoint(
                .post, "/v3/auth/tokens", "Get a token",
                query: QueryRules([catalogSwitch.description], unknown: .ignore), body: JSONValue.self,
                schema: AuthenticationRequest.schema, access: .open,
                answers: .one("token", status: 201).sending(Self.token),
                faults: [.unauthorized, .forbidden, .tooManyRequests, .notImplemented]
            ) { call, body in try await issue(call, body) },
            Endpoint(
                .get, "/v3/auth/tokens", "Validate and show a token",
                query: QueryRules([catalogSwitch.description, expiredSwitch.description], unknown: .ignore),
                access: .ruleInHandler("identity:validate_token"), answers: .one("token").sending(Self.token),
                faults: [.notFound]
            ) { call in try await show(call, rule: "identity:validate_token") },
            Endpoint(
                .head, "/v3/auth/tokens", "Check a token",
                query: QueryRules([expiredSwitch.description], unknown: .ignore),
                access: .ruleInHandler("identity:check_token"), answers: .empty(200).sending(Self.token),
                faults: [.notFound]
            ) { call in try await show(call, rule: "identity:check_token") },
            Endpoint(
                .delete, "/v3/auth/tokens", "Revoke a token",
                query: QueryRules([cascade.description], unknown: .ignore),
                access: .ruleInHandler("identity:revoke_token"), answers: .empty(), faults: [.notFound]
            ) { call in try await revoke(call) },
            Endpoint(
                .get, "/v3/auth/catalog", "Show the catalog", access: .rule("identity:get_auth_catalog"),
                answers: .many("catalog")
            ) { call in try await catalog(call) },
            Endpoint(
                .get, "/v3/auth/projects", "List the projects open to the user", query: .filters("name"),
                access: .rule("identity:get_auth_projects"), answers: .many("projects")
            ) { call in try await projects(call) },
            Endpoint(
                .get, "/v3/auth/domains", "List the domains open to the user", query: .filters("name"),
                access: .rule("identity:get_auth_domains"), answers: .many("domains")
            ) { call in try await domains(call) },
            Endpoint(
                .get, "/v3/auth/system", "Show whether the system is open to the user",
                access: .rule("identity:get_auth_system"), answers: .many("system")
            ) { call in try await system(call) },
        ]
    }

    private func issue(_ call: Call, _ body: JSONValue) async throws -> Reply {
        try await context.challenging(call) {
            let request = try AuthenticationRequest(body)
            let (token, facts) = try await Authentication(context: context, source: call.source).token(
                for: request)
            return try await reply(call, token, facts, status: 201)
        }
    }

    private func reply(_ call: Call, _ token: Secret, _ facts: TokenFacts, status: Int) async throws -> Reply {
        var catalog: CatalogView?
        if call.rawQuery.allSatisfy({ $0.name != "nocatalog" }), !facts.roles.isEmpty {
            catalog = try await context.read { transaction in try CatalogView(for: facts, in: transaction) }
        }
        let view = TokenView(facts: facts, catalog: catalog)
        return .json(bytes: view.bytes, status: status, headers: [.subjectToken: token.revealed])
    }

    /// The token in `X-Subject-Token`; throws 404 if it is no token, or is no longer valid.
    private func subject(_ call: Call, grace: Duration) async throws -> (
        token: Secret, facts: TokenFacts?, user: UserID
    ) {
        guard let text = call.headers[.subjectToken], !text.isEmpty else {
            throw Fault(.notFound, "No token in the request: X-Subject-Token must hold it.", field: "X-Subject-Token")
        }
        let token = Secret(text)
        guard let payload = await context.codec.open(token, grace: grace) else { throw Self.unknown }
        let now = context.time.now()
        let facts = try await context.read { transaction in
            try TokenQueries.facts(of: payload, at: now, in: transaction)
        }
        return (token, facts, payload.user)
    }

    private static let unknown = Fault.notFound("Could not find token: it is unknown, expired or revoked.")

    private func show(_ call: Call, rule: String) async throws -> Reply {
        let allowExpired = try call[expiredSwitch] ?? false
        let (token, facts, user) = try await subject(
            call, grace: allowExpired ? context.options.expiredTokenWindow : .zero)
        try call.authorize(rule, target: ["target.token.user_id": user.text])
        guard let facts else { throw Self.unknown }
        if let rules = facts.credential?.rules, !rules.isEmpty,
            call.headers[.accessRulesVersion].flatMap(Double.init).map({ $0 >= 1 }) != true
        {
            throw Fault.notFound(
                "Could not find token: it has access rules, and the caller does not declare that it enforces them.")
        }
        return try await reply(call, token, facts, status: 200)
    }

    private func revoke(_ call: Call) async throws -> Reply {
        let (_, facts, user) = try await subject(call, grace: .zero)
        try call.authorize("identity:revoke_token", target: ["target.token.user_id": user.text])
        guard let facts, let own = facts.payload.auditIDs.first else { throw Self.unknown }
        // What was got with it, directly or not, carries its id.
        let revocation: Revocation = (try call[cascade] ?? true) ? .chain(own) : .audit(own)
        let now = context.time.now()
        try await context.write { transaction in
            try revocation.record(at: now, context.options, in: transaction)
            if case .chain = revocation { try Revocation.audit(own).record(at: now, context.options, in: transaction) }
        }
        return .empty()
    }

    private func catalog(_ call: Call) async throws -> Reply {
        let facts = try await context.facts(of: call)
        guard case .project = facts.scope else {
            throw Fault.forbidden("The catalog needs a token with a project as its scope; this one has none.")
        }
        let view = try await context.read { transaction in try CatalogView(for: facts, in: transaction) }
        var json = JSONWriter(capacity: 2048)
        json.object { json in
            json.name("catalog")
            view.write(to: &json)
            json.selfLink(of: call, base: context.base(call))
        }
        return .json(bytes: json.bytes)
    }

    private func projects(_ call: Call) async throws -> Reply {
        guard let user = call.caller.user else { throw Fault.unauthorized() }
        var filter = try ListFilter(call, context.options, texts: ["name": "p.name", "domain_id": "p.domain_id"])
        filter.also(RoleQueries.projects(of: user))
        filter.also(
            "p.enabled = 1 AND EXISTS (SELECT 1 FROM identity_projects d WHERE d.id = p.domain_id AND d.enabled = 1)")
        let listed = filter
        let page = try await context.read { transaction in try Project.page(listed, in: transaction) }
        return .many(page, base: context.base(call), call: call)
    }

    private func domains(_ call: Call) async throws -> Reply {
        guard let user = call.caller.user else { throw Fault.unauthorized() }
        var filter = try ListFilter(call, context.options, texts: ["name": "p.name"])
        filter.also(RoleQueries.domains(of: user))
        filter.also("p.enabled = 1")
        let listed = filter
        let page = try await context.read { transaction in try Project.page(listed, in: transaction) }
        return .many(page.map(Domain.init), base: context.base(call), call: call)
    }

    private func system(_ call: Call) async throws -> Reply {
        guard let user = call.caller.user else { throw Fault.unauthorized() }
        let isOpen = try await context.read { transaction in
            try transaction.exists(
                """
                SELECT 1 FROM identity_assignments a
                WHERE \(RoleQueries.held(by: user)) AND \(RoleQueries.onSystem) LIMIT 1
                """)
        }
        var json = JSONWriter()
        json.object { json in
            json.member("system") { json in
                json.array(isOpen ? [true] : []) { json, all in
                    json.object { json in json.member("all", all) }
                }
            }
            json.selfLink(of: call, base: context.base(call))
        }
        return .json(bytes: json.bytes)
    }
}

extension HTTPField.Name {
    /// `OpenStack-Identity-Access-Rules`: the version of access rules that the calling service enforces.
    fileprivate static var accessRulesVersion: HTTPField.Name {
        guard let name = HTTPField.Name("OpenStack-Identity-Access-Rules") else { return .subjectToken }
        return name
    }
}
