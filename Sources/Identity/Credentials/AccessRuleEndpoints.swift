import API
import HTTPTypes
import Model
import Store

/// The access rules of a user's application credentials.
struct AccessRuleEndpoints: Sendable {
    let context: IdentityContext
    private let user = PathParameter<UserID>("user_id", "The user.", malformed: .notFound)
    private let id = PathParameter<AccessRuleID>("access_rule_id", "The access rule.", malformed: .notFound)

    init(context: IdentityContext) {
        self.context = context
    }

    var all: [Endpoint] {
        [
            Endpoint(
                .get, "/v3/users/\(user)/access_rules", "List the access rules of a user",
                query: .filters("service", "method", "path"), access: .ruleInHandler("identity:list_access_rules"),
                answers: .many("access_rules")
            ) { call in
                let user = try authorize(call, "identity:list_access_rules")
                var filter = try ListFilter(
                    call, context.options,
                    texts: ["service": "l.service", "method": "l.method", "path": "l.path"])
                filter.also("l.user_id = \(user)")
                let listed = filter
                let page = try await context.read { transaction in
                    try listed.page(
                        "SELECT \(AccessRule.columns) FROM identity_access_rules l", by: "l.id", in: transaction
                    ) { try AccessRule($0) }
                }
                return .many(page, base: context.base(call), call: call)
            },
            Endpoint(
                .get, "/v3/users/\(user)/access_rules/\(id)", "Show an access rule", query: .anything,
                access: .ruleInHandler("identity:get_access_rule"), answers: .one("access_rule"), faults: [.notFound]
            ) { call in .one(try await rule(call, "identity:get_access_rule"), base: context.base(call)) },
            Endpoint(
                .delete, "/v3/users/\(user)/access_rules/\(id)", "Delete an access rule",
                access: .ruleInHandler("identity:delete_access_rule"), answers: .empty(), faults: [.notFound]
            ) { call in
                let old = try await rule(call, "identity:delete_access_rule")
                try await context.write { transaction in
                    guard
                        try !transaction.exists(
                            "SELECT 1 FROM identity_credential_rules WHERE rule_id = \(old.id) LIMIT 1")
                    else {
                        throw Fault.forbidden(
                            "The access rule \(old.id) is in use; delete the application credentials that have it.")
                    }
                    try transaction.execute("DELETE FROM identity_access_rules WHERE id = \(old.id)")
                }
                return .empty()
            },
        ]
    }

    private func authorize(_ call: Call, _ rule: String) throws(Fault) -> UserID {
        let user = try call[user]
        try call.authorize(rule, target: ["user_id": user.text, "target.user.id": user.text])
        return user
    }

    private func rule(_ call: Call, _ name: String) async throws -> AccessRule {
        let user = try authorize(call, name)
        let id = try call[id]
        guard let found = try await context.read({ try AccessRule.find(id, of: user, in: $0) }) else {
            throw Fault.missing("access rule", id)
        }
        return found
    }
}
