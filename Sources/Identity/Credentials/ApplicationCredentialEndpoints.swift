import API
import Access
import HTTPTypes
import Model
import Store

/// Application credentials of a user.
struct ApplicationCredentialEndpoints: Sendable {
    let context: IdentityContext
    private let user = PathParameter<UserID>("user_id", "The user.", malformed: .notFound)
    private let id = PathParameter<ApplicationCredentialID>(
        "application_credential_id", "The application credential.", malformed: .notFound)

    init(context: IdentityContext) {
        self.context = context
    }

    private var collection: PathTemplate { "/v3/users/\(user)/application_credentials" }
    private var one: PathTemplate { "/v3/users/\(user)/application_credentials/\(id)" }

    var all: [Endpoint] {
        [
            Endpoint(
                .get, collection, "List the application credentials of a user", query: .filters("name"),
                access: .ruleInHandler("identity:list_application_credentials"),
                answers: .many("application_credentials"), faults: [.notFound]
            ) { call in try await list(call) },
            Endpoint(
                .post, collection, "Create an application credential", body: JSONValue.self,
                schema: ApplicationCredentialDraft.schema,
                access: .ruleInHandler("identity:create_application_credential"),
                answers: .one("application_credential", status: 201), faults: [.conflict, .notFound]
            ) { call, body in try await create(call, Fields(body, "application_credential")) },
            Endpoint(
                .get, one, "Show an application credential", query: .anything,
                access: .ruleInHandler("identity:get_application_credential"),
                answers: .one("application_credential"), faults: [.notFound]
            ) { call in
                .one(try await credential(call, "identity:get_application_credential"), base: context.base(call))
            },
            Endpoint(
                .delete, one, "Delete an application credential",
                access: .ruleInHandler("identity:delete_application_credential"), answers: .empty(),
                faults: [.notFound]
            ) { call in
                let old = try await credential(call, "identity:delete_application_credential")
                _ = try await manager(call)
                let now = context.time.now()
                try await context.write { transaction in
                    try transaction.execute("DELETE FROM identity_application_credentials WHERE id = \(old.id)")
                    try Revocation.credential(old.id).record(at: now, context.options, in: transaction)
                }
                return .empty()
            },
        ]
    }

    /// Checks the policy for the user in the path before any query, so that a refusal reveals nothing.
    private func authorize(_ call: Call, _ rule: String) throws(Fault) -> UserID {
        let user = try call[user]
        try call.authorize(rule, target: ["user_id": user.text, "target.user.id": user.text])
        return user
    }

    /// The caller's token, which must not come from a credential that may not create or delete others.
    private func manager(_ call: Call) async throws -> TokenFacts {
        let facts = try await context.facts(of: call)
        if let credential = facts.credential, !credential.isUnrestricted {
            throw Fault.forbidden(
                "A token that came from a restricted application credential cannot manage application credentials.")
        }
        return facts
    }

    private func list(_ call: Call) async throws -> Reply {
        let user = try authorize(call, "identity:list_application_credentials")
        var filter = try ListFilter(call, context.options, texts: ["name": "c.name"])
        filter.also("c.user_id = \(user)")
        let listed = filter
        let page = try await context.read { transaction in
            guard try transaction.exists("SELECT 1 FROM identity_users WHERE id = \(user)") else {
                throw Fault.missing("user", user)
            }
            return try ApplicationCredential.page(listed, in: transaction)
        }
        return .many(page, base: context.base(call), call: call)
    }

    private func credential(_ call: Call, _ rule: String) async throws -> ApplicationCredential {
        let user = try authorize(call, rule)
        let id = try call[id]
        guard let found = try await context.read({ try ApplicationCredential.find(id, of: user, in: $0) }) else {
            throw Fault.missing("application credential", id)
        }
        return found
    }

    private func create(_ call: Call, _ fields: Fields) async throws -> Reply {
        let user = try authorize(call, "identity:create_application_credential")
        let facts = try await manager(call)
        guard case .project(let project, _, _) = facts.scope, facts.payload.user == user else {
            throw Fault.forbidden("An application credential is made with a token of its user for its project.")
        }
        let now = context.time.now()
        let draft = try ApplicationCredentialDraft(fields, facts, at: now)
        let secret = draft.secret ?? Secret(Self.newSecret(context.random))
        let hash = try await context.hasher.hash(secret, for: call.source)
        let id: ApplicationCredentialID = context.ids.nextName()
        let ruleIDs = draft.rules.map { _ in context.ids.nextName(AccessRuleKind.self) }
        let created = try await context.write(duplicate: Fault.duplicate("application credential", name: draft.name)) {
            transaction in
            try transaction.execute(
                """
                INSERT INTO identity_application_credentials
                    (id, user_id, project_id, name, secret_hash, description, expires_at, unrestricted)
                VALUES (\(id), \(user), \(project), \(draft.name), \(hash), \(draft.description), \(draft.expires),
                    \(draft.isUnrestricted))
                """)
            for role in draft.roles {
                try transaction.execute(
                    "INSERT INTO identity_credential_roles (credential_id, role_id) VALUES (\(id), \(role))")
            }
            for (rule, fresh) in zip(draft.rules, ruleIDs) {
                let rule = try rule.store(for: user, as: fresh, in: transaction)
                try transaction.execute(
                    """
                    INSERT INTO identity_credential_rules (credential_id, rule_id) VALUES (\(id), \(rule))
                    ON CONFLICT (credential_id, rule_id) DO NOTHING
                    """)
            }
            try transaction.noteIdentity("credential \(id)")
            return try ApplicationCredential.find(id, of: user, in: transaction)
        }
        guard var created else { throw Fault.internalError("a credential was gone as soon as it was made") }
        created.secret = secret
        return .one(created, base: context.base(call), status: 201)
    }

    /// 48 random bytes as 64 characters of base64url, all of which bcrypt uses.
    private static func newSecret(_ random: RandomSource) -> String {
        let digits = Array("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_".utf8)
        return String(decoding: random.bytes(64).map { digits[Int($0 & 63)] }, as: UTF8.self)
    }
}
