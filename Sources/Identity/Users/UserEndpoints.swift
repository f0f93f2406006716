import API
import Access
import HTTPTypes
import Model
import Store

/// Users.
struct UserEndpoints: Sendable {
    let context: IdentityContext
    private let id = PathParameter<UserID>("user_id", "The user.", malformed: .notFound)

    init(context: IdentityContext) {
        self.context = context
    }

    private static let known: Set<String> = [
        "id", "name", "domain_id", "default_project_id", "enabled", "password", "options", "links",
        "password_expires_at", "original_password",
    ]

    private static let properties: [ObjectSchema.Property] = [
        .optional("default_project_id", .optionalIdentifier), .optional("enabled", .boolean),
        .optional("password", .nullable(.password)), .optional("description", .description),
        .optional(
            "options",
            .object(
                ObjectSchema(
                    UserOptions.names.map { .optional($0, .nullable(.boolean)) } + [
                        .optional(UserOptions.rulesName, .nullable(.array(.array(.string))))
                    ]))),
    ]

    var all: [Endpoint] {
        [
            Endpoint(
                .get, "/v3/users", "List users", query: .filters("name", "domain_id", flags: ["enabled"]),
                access: .ruleInHandler("identity:list_users"), answers: .many("users")
            ) { call in try await list(call) },
            Endpoint(
                .post, "/v3/users", "Create a user", body: JSONValue.self,
                schema: .wrapped(
                    "user",
                    [.required("name", .resourceName), .optional("domain_id", .optionalIdentifier)] + Self.properties),
                access: .ruleInHandler("identity:create_user"), answers: .one("user", status: 201),
                faults: [.conflict, .notFound]
            ) { call, body in try await create(call, Fields(body, "user")) },
            Endpoint(
                .get, "/v3/users/\(id)", "Show a user", query: .anything,
                access: .ruleInHandler("identity:get_user"), answers: .one("user"), faults: [.notFound]
            ) { call in .one(try await user(call, rule: "identity:get_user"), base: context.base(call)) },
            Endpoint(
                .patch, "/v3/users/\(id)", "Change a user", body: JSONValue.self,
                schema: .wrapped("user", [.optional("name", .resourceName)] + Self.properties),
                access: .ruleInHandler("identity:update_user"), answers: .one("user"), faults: [.conflict, .notFound]
            ) { call, body in try await update(call, Fields(body, "user")) },
            Endpoint(
                .delete, "/v3/users/\(id)", "Delete a user", access: .ruleInHandler("identity:delete_user"),
                answers: .empty(), faults: [.notFound]
            ) { call in try await delete(call) },
            Endpoint(
                .get, "/v3/users/\(id)/projects", "List the projects on which a user has a role",
                query: .filters("name", flags: ["enabled"]),
                access: .ruleInHandler("identity:list_user_projects"), answers: .many("projects"), faults: [.notFound]
            ) { call in try await projects(call) },
            Endpoint(
                .get, "/v3/users/\(id)/groups", "List the groups of a user", query: .filters("name"),
                access: .ruleInHandler("identity:list_groups_for_user"), answers: .many("groups"), faults: [.notFound]
            ) { call in try await groups(call) },
            Endpoint(
                .post, "/v3/users/\(id)/password", "Change one's own password", body: JSONValue.self,
                schema: .wrapped(
                    "user", [.required("original_password", .string), .required("password", .password)]),
                access: .open, answers: .empty(), faults: [.unauthorized, .forbidden, .tooManyRequests]
            ) { call, body in
                try await context.challenging(call) { try await changePassword(call, Fields(body, "user")) }
            },
        ]
    }

    private func list(_ call: Call) async throws -> Reply {
        let own = call.caller.domain
        try call.authorize(
            "identity:list_users", target: PolicyTarget(own.map { ["target.domain_id": $0.text] } ?? [:]))
        var filter = try ListFilter(
            call, context.options, texts: ["name": "u.name", "domain_id": "u.domain_id"],
            flags: ["enabled": "u.enabled"])
        if let own { filter.also("u.domain_id = \(own)") }
        let listed = filter
        let page = try await context.read { transaction in try User.page(listed, in: transaction) }
        return .many(page, base: context.base(call), call: call)
    }

    private func user(_ call: Call, rule: String) async throws -> User {
        let id = try call[id]
        let found = try await context.read { transaction in try User.find(id, in: transaction) }
        try call.authorize(
            rule, target: PolicyTarget(found?.target ?? ["target.user.id": id.text, "user_id": id.text]))
        guard let found else { throw Fault.missing("user", id) }
        return found
    }

    private func create(_ call: Call, _ fields: Fields) async throws -> Reply {
        let domain: DomainID =
            fields.id("domain_id") ?? call.caller.homeDomain ?? context.options.defaultDomain
        try call.authorize("identity:create_user", target: ["target.user.domain_id": domain.text])
        let name = try fields.name(of: "user") ?? ""
        let options = fields.value("options") ?? .object([])
        let project: ProjectID? = fields.id("default_project_id")
        let isEnabled = fields.flag("enabled") ?? true
        let password = try await NewPassword(fields, context, options: UserOptions(options), source: call.source)
        let extra = try JSONValue.object([]).merged(with: fields.extras(besides: Self.known)).encoded
        let optionText = try JSONValue.object([]).merged(with: options.members).encoded
        let id: UserID = context.ids.nextName()
        let now = context.time.now()
        let created = try await context.write(duplicate: Fault.duplicate("user", name: name, domain: domain)) {
            transaction in
            guard try transaction.exists("SELECT 1 FROM identity_projects WHERE id = \(domain) AND is_domain = 1")
            else {
                throw Fault.missing("domain", domain)
            }
            try transaction.execute(
                """
                INSERT INTO identity_users (id, domain_id, name, enabled, default_project_id, options, extra, created_at)
                VALUES (\(id), \(domain), \(name), \(isEnabled), \(project), \(optionText), \(extra), \(now))
                """)
            try password?.store(for: id, in: transaction)
            try transaction.noteIdentity("user \(id)")
            return try User.find(id, in: transaction)
        }
        guard let created else { throw Fault.internalError("a user was gone as soon as it was made") }
        return .one(created, base: context.base(call), status: 201)
    }

    private func update(_ call: Call, _ fields: Fields) async throws -> Reply {
        let old = try await user(call, rule: "identity:update_user")
        if let domain: DomainID = fields.id("domain_id"), domain != old.domain {
            throw Fault.badRequest("A user's 'domain_id' cannot change.", field: "user.domain_id")
        }
        let name = try fields.name(of: "user") ?? old.name
        let options = try JSONValue(column: old.options).merged(with: fields.value("options")?.members ?? [])
        let password = try await NewPassword(fields, context, options: UserOptions(options), source: call.source)
        if let password { try await password.refuseReuse(by: old.id, context) }
        let isEnabled = fields.flag("enabled") ?? old.isEnabled
        let project: ProjectID? =
            fields.has("default_project_id") ? fields.id("default_project_id") : old.defaultProject
        let extra = try JSONValue(column: old.extra).merged(with: fields.extras(besides: Self.known)).encoded
        let now = context.time.now()
        let changed = try await context.write(
            duplicate: Fault.duplicate("user", name: name, domain: old.domain)
        ) { transaction in
            try GrantAuthority(call: call).require(over: old, in: transaction)
            try transaction.execute(
                """
                UPDATE identity_users SET name = \(name), enabled = \(isEnabled), default_project_id = \(project),
                    options = \(options.encoded), extra = \(extra) WHERE id = \(old.id)
                """)
            try password?.store(for: old.id, in: transaction)
            if !isEnabled { try CredentialUpkeep.removeAll(of: old.id, in: transaction) }
            if password != nil || (old.isEnabled && !isEnabled) {
                try Revocation.user(old.id).record(at: now, context.options, in: transaction)
            }
            try transaction.noteIdentity("user \(old.id)")
            return try User.find(old.id, in: transaction)
        }
        guard let changed else { throw Fault.missing("user", old.id) }
        return .one(changed, base: context.base(call))
    }

    private func delete(_ call: Call) async throws -> Reply {
        let old = try await user(call, rule: "identity:delete_user")
        let now = context.time.now()
        try await context.write { transaction in
            try GrantAuthority(call: call).require(over: old, in: transaction)
            try Removal.user(old.id, in: transaction)
            try Revocation.user(old.id).record(at: now, context.options, in: transaction)
        }
        return .empty()
    }

    private func projects(_ call: Call) async throws -> Reply {
        let user = try await user(call, rule: "identity:list_user_projects")
        var filter = try ListFilter(
            call, context.options, texts: ["name": "p.name", "domain_id": "p.domain_id"],
            flags: ["enabled": "p.enabled"])
        filter.also(RoleQueries.projects(of: user.id))
        let listed = filter
        let page = try await context.read { transaction in try Project.page(listed, in: transaction) }
        return .many(page, base: context.base(call), call: call)
    }

    private func groups(_ call: Call) async throws -> Reply {
        let user = try await user(call, rule: "identity:list_groups_for_user")
        var filter = try ListFilter(call, context.options, texts: ["name": "g.name"])
        filter.also("g.id IN (SELECT m.group_id FROM identity_memberships m WHERE m.user_id = \(user.id))")
        if let own = call.caller.domain { filter.also("g.domain_id = \(own)") }
        let listed = filter
        let page = try await context.read { transaction in try Group.page(listed, in: transaction) }
        return .many(page, base: context.base(call), call: call)
    }

    /// Needs the old password instead of a token, so that an expired password can be changed.
    private func changePassword(_ call: Call, _ fields: Fields) async throws -> Reply {
        let id = try call[id]
        let now = context.time.now()
        let check = PasswordCheck(context: context, source: call.source)
        let account = try await check.account(.id(id))
        try await check.verify(Secret(fields.text("original_password") ?? ""), account)
        guard let account else { throw Fault.unauthorized() }
        guard !account.options.locksPassword else {
            throw Fault.forbidden("This user's password is locked; an administrator can change it.")
        }
        let age = context.options.passwords.minimumAgeDays
        if age > 0, let created = account.passwordCreated, now < created + .seconds(86_400 * age),
            account.passwordExpires.map({ now < $0 }) ?? true
        {
            throw Fault.badRequest(
                "A password must be kept for \(age) days before it is changed again.", field: "user.password")
        }
        guard
            let password = try await NewPassword(
                fields, context, options: account.options, source: call.source, byAdministrator: false)
        else { throw Fault.badRequest("'user.password' is a required property", field: "user.password") }
        try await password.refuseReuse(by: id, context)
        try await context.write { transaction in
            try password.store(for: id, in: transaction)
            try Revocation.user(id).record(at: now, context.options, in: transaction)
            try transaction.noteIdentity("user \(id)")
        }
        return .empty()
    }
}
