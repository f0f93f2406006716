import API
import HTTPTypes
import Model
import Store

/// Groups and their members.
struct GroupEndpoints: Sendable {
    let context: IdentityContext
    private let id = PathParameter<GroupID>("group_id", "The group.", malformed: .notFound)
    private let userID = PathParameter<UserID>("user_id", "The user.", malformed: .notFound)
    private static let known: Set<String> = ["id", "name", "domain_id", "description", "links"]

    init(context: IdentityContext) {
        self.context = context
    }

    var all: [Endpoint] { groups + members }

    private var groups: [Endpoint] {
        [
            Endpoint(
                .get, "/v3/groups", "List groups", query: .filters("name", "domain_id"),
                access: .ruleInHandler("identity:list_groups"), answers: .many("groups")
            ) { call in try await list(call) },
            Endpoint(
                .post, "/v3/groups", "Create a group", body: JSONValue.self,
                schema: .wrapped(
                    "group",
                    [
                        .required("name", .resourceName), .optional("domain_id", .optionalIdentifier),
                        .optional("description", .description),
                    ]),
                access: .ruleInHandler("identity:create_group"), answers: .one("group", status: 201),
                faults: [.conflict, .notFound]
            ) { call, body in try await create(call, Fields(body, "group")) },
            Endpoint(
                .get, "/v3/groups/\(id)", "Show a group", query: .anything,
                access: .ruleInHandler("identity:get_group"), answers: .one("group"), faults: [.notFound]
            ) { call in .one(try await group(call, rule: "identity:get_group"), base: context.base(call)) },
            Endpoint(
                .patch, "/v3/groups/\(id)", "Change a group", body: JSONValue.self,
                schema: .wrapped(
                    "group", [.optional("name", .resourceName), .optional("description", .description)]),
                access: .ruleInHandler("identity:update_group"), answers: .one("group"), faults: [.conflict, .notFound]
            ) { call, body in try await update(call, Fields(body, "group")) },
            Endpoint(
                .delete, "/v3/groups/\(id)", "Delete a group", access: .ruleInHandler("identity:delete_group"),
                answers: .empty(), faults: [.notFound]
            ) { call in
                let old = try await group(call, rule: "identity:delete_group")
                try await context.write { transaction in
                    try GrantAuthority(call: call).require(over: old, in: transaction)
                    let candidates = try CredentialUpkeep.find(.members(old.id), in: transaction)
                    try Removal.group(old.id, in: transaction)
                    try CredentialUpkeep.removeUnfounded(candidates, in: transaction)
                }
                return .empty()
            },
        ]
    }

    private var members: [Endpoint] {
        [
            Endpoint(
                .get, "/v3/groups/\(id)/users", "List the users in a group", query: .filters("name"),
                access: .ruleInHandler("identity:list_users_in_group"), answers: .many("users"), faults: [.notFound]
            ) { call in
                let group = try await group(call, rule: "identity:list_users_in_group")
                var filter = try ListFilter(
                    call, context.options, texts: ["name": "u.name"], flags: ["enabled": "u.enabled"])
                filter.also("u.id IN (SELECT m.user_id FROM identity_memberships m WHERE m.group_id = \(group.id))")
                if let own = call.caller.domain { filter.also("u.domain_id = \(own)") }
                let listed = filter
                let page = try await context.read { transaction in try User.page(listed, in: transaction) }
                return .many(page, base: context.base(call), call: call)
            },
            Endpoint(
                .put, "/v3/groups/\(id)/users/\(userID)", "Put a user into a group",
                access: .ruleInHandler("identity:add_user_to_group"), answers: .empty(), faults: [.notFound]
            ) { call in
                let (group, user) = try await membership(call, rule: "identity:add_user_to_group")
                try await context.write { transaction in
                    try GrantAuthority(call: call).require(over: group, member: user, in: transaction)
                    try transaction.execute(
                        """
                        INSERT INTO identity_memberships (user_id, group_id) VALUES (\(user.id), \(group.id))
                        ON CONFLICT (user_id, group_id) DO NOTHING
                        """)
                    try transaction.noteIdentity("group \(group.id)")
                }
                return .empty()
            },
            Endpoint(
                .get, "/v3/groups/\(id)/users/\(userID)", "Check that a user is in a group",
                access: .ruleInHandler("identity:check_user_in_group"), answers: .empty(), faults: [.notFound]
            ) { call in
                let (group, user) = try await membership(call, rule: "identity:check_user_in_group")
                let isMember = try await context.read { transaction in
                    try transaction.exists(
                        "SELECT 1 FROM identity_memberships WHERE user_id = \(user.id) AND group_id = \(group.id)")
                }
                guard isMember else { throw Self.noMember(user.id, group.id) }
                return .empty()
            },
            Endpoint(
                .delete, "/v3/groups/\(id)/users/\(userID)", "Take a user out of a group",
                access: .ruleInHandler("identity:remove_user_from_group"), answers: .empty(), faults: [.notFound]
            ) { call in
                let (group, user) = try await membership(call, rule: "identity:remove_user_from_group")
                try await context.write { transaction in
                    try GrantAuthority(call: call).require(over: group, member: user, in: transaction)
                    let removed = try transaction.execute(
                        "DELETE FROM identity_memberships WHERE user_id = \(user.id) AND group_id = \(group.id)")
                    guard removed == 1 else { throw Self.noMember(user.id, group.id) }
                    try CredentialUpkeep.removeUnfounded(
                        try CredentialUpkeep.find(.user(user.id), in: transaction), in: transaction)
                    try transaction.noteIdentity("group \(group.id)")
                }
                return .empty()
            },
        ]
    }

    private static func noMember(_ user: UserID, _ group: GroupID) -> Fault {
        .notFound("User '\(user)' not found in group '\(group)'.")
    }

    private func list(_ call: Call) async throws -> Reply {
        let own = call.caller.domain
        try call.authorize(
            "identity:list_groups", target: PolicyTarget(own.map { ["target.group.domain_id": $0.text] } ?? [:]))
        var filter = try ListFilter(call, context.options, texts: ["name": "g.name", "domain_id": "g.domain_id"])
        if let own { filter.also("g.domain_id = \(own)") }
        let listed = filter
        let page = try await context.read { transaction in try Group.page(listed, in: transaction) }
        return .many(page, base: context.base(call), call: call)
    }

    private func group(_ call: Call, rule: String) async throws -> Group {
        let id = try call[id]
        let found = try await context.read { transaction in try Group.find(id, in: transaction) }
        try call.authorize(rule, target: PolicyTarget(found?.target ?? [:]))
        guard let found else { throw Fault.missing("group", id) }
        return found
    }

    private func membership(_ call: Call, rule: String) async throws -> (Group, User) {
        let (groupID, userID) = (try call[id], try call[userID])
        let (group, user) = try await context.read { transaction in
            (try Group.find(groupID, in: transaction), try User.find(userID, in: transaction))
        }
        var target = group?.target ?? [:]
        if let user { target.merge(user.target) { own, _ in own } }
        try call.authorize(rule, target: PolicyTarget(target))
        guard let group else { throw Fault.missing("group", groupID) }
        guard let user else { throw Fault.missing("user", userID) }
        return (group, user)
    }

    private func create(_ call: Call, _ fields: Fields) async throws -> Reply {
        let domain: DomainID = fields.id("domain_id") ?? call.caller.homeDomain ?? context.options.defaultDomain
        try call.authorize("identity:create_group", target: ["target.group.domain_id": domain.text])
        let name = try fields.name(of: "group") ?? ""
        let extra = try JSONValue.object([]).merged(with: fields.extras(besides: Self.known)).encoded
        let description = fields.text("description") ?? ""
        let id: GroupID = context.ids.nextName()
        let created = try await context.write(duplicate: Fault.duplicate("group", name: name, domain: domain)) {
            transaction in
            guard try transaction.exists("SELECT 1 FROM identity_projects WHERE id = \(domain) AND is_domain = 1")
            else {
                throw Fault.missing("domain", domain)
            }
            try transaction.execute(
                """
                INSERT INTO identity_groups (id, domain_id, name, description, extra)
                VALUES (\(id), \(domain), \(name), \(description), \(extra))
                """)
            try transaction.noteIdentity("group \(id)")
            return try Group.find(id, in: transaction)
        }
        guard let created else { throw Fault.internalError("a group was gone as soon as it was made") }
        return .one(created, base: context.base(call), status: 201)
    }

    private func update(_ call: Call, _ fields: Fields) async throws -> Reply {
        let old = try await group(call, rule: "identity:update_group")
        if let domain: DomainID = fields.id("domain_id"), domain != old.domain {
            throw Fault.badRequest("A group's 'domain_id' cannot change.", field: "group.domain_id")
        }
        let name = try fields.name(of: "group") ?? old.name
        let description = fields.text("description") ?? old.description
        let extra = try JSONValue(column: old.extra).merged(with: fields.extras(besides: Self.known)).encoded
        let changed = try await context.write(
            duplicate: Fault.duplicate("group", name: name, domain: old.domain)
        ) { transaction in
            try GrantAuthority(call: call).require(over: old, in: transaction)
            try transaction.execute(
                """
                UPDATE identity_groups SET name = \(name), description = \(description), extra = \(extra)
                WHERE id = \(old.id)
                """)
            try transaction.noteIdentity("group \(old.id)")
            return try Group.find(old.id, in: transaction)
        }
        guard let changed else { throw Fault.missing("group", old.id) }
        return .one(changed, base: context.base(call))
    }
}
