package import Access

/// The rules of the key manager with upstream's names and new defaults. There are no access lists, containers and orders, and no rules for
/// them; rules of a policy file for these are no error, and guard nothing.
package enum KeyManagerPolicy {
    public static let rules: [PolicyRule] = base + legacy + secrets

    private static let base: [PolicyRule] = [
        PolicyRule("secret_project_match", "project_id:%(target.secret.project_id)s", "The secret's project"),
        PolicyRule("secret_project_reader", "role:reader and rule:secret_project_match", "Its readers"),
        PolicyRule("secret_project_member", "role:member and rule:secret_project_match", "Its members"),
        PolicyRule("secret_project_admin", "role:admin and rule:secret_project_match", "Its administrators"),
        PolicyRule("secret_owner", "user_id:%(target.secret.creator_id)s", "Who stored the secret"),
        PolicyRule(
            "secret_is_not_private", "True:%(target.secret.read_project_access)s",
            "Whether the project may read the secret; it always may"),
        PolicyRule("secret_acl_read", "'read':%(target.secret.read)s", "Whom an access list admits; nobody"),
    ]

    /// What upstream's former defaults are made of.
    private static let legacy: [PolicyRule] = [
        PolicyRule("audit", "role:audit", "Former role"), PolicyRule("observer", "role:observer", "Former role"),
        PolicyRule("creator", "role:creator", "Former role"), PolicyRule("admin", "role:admin", "Former role"),
        PolicyRule("service_admin", "role:key-manager:service-admin", "Former role"),
        PolicyRule(
            "all_users", "rule:admin or rule:observer or rule:creator or rule:audit or rule:service_admin",
            "Former roles"),
        PolicyRule("all_but_audit", "rule:admin or rule:observer or rule:creator", "Former roles"),
        PolicyRule("admin_or_creator", "rule:admin or rule:creator", "Former roles"),
        PolicyRule("secret_creator_user", "user_id:%(target.secret.creator_id)s", "Who stored the secret"),
        PolicyRule(
            "secret_private_read", "'False':%(target.secret.read_project_access)s",
            "Whether the secret is its creator's alone; none is"),
        PolicyRule(
            "secret_non_private_read",
            "rule:all_users and rule:secret_project_match and not rule:secret_private_read", "Former readers"),
        PolicyRule(
            "secret_decrypt_non_private_read",
            "rule:all_but_audit and rule:secret_project_match and not rule:secret_private_read",
            "Former readers of payloads"),
        PolicyRule(
            "secret_project_creator",
            "rule:creator and rule:secret_project_match and rule:secret_creator_user", "Former creators"),
        PolicyRule(
            "secret_project_creator_role", "rule:creator and rule:secret_project_match", "Former creators"),
    ]

    private static let holders =
        "rule:secret_project_admin or (rule:secret_project_member and rule:secret_owner) or "
        + "(rule:secret_project_member and rule:secret_is_not_private)"

    private static let secrets: [PolicyRule] = [
        rule(
            "secret:decrypt", "\(holders) or rule:secret_acl_read", "Show what a secret holds",
            "GET /v1/secrets/{secret_id}/payload",
            legacy: "rule:secret_decrypt_non_private_read or rule:secret_project_creator or "
                + "rule:secret_project_admin or rule:secret_acl_read"),
        rule(
            "secret:get", "role:admin or \(holders) or rule:secret_acl_read", "Show a secret",
            "GET /v1/secrets/{secret_id}",
            legacy: "rule:secret_non_private_read or rule:secret_project_creator or rule:secret_project_admin or "
                + "rule:secret_acl_read"),
        rule(
            "secret:put", holders, "Give a secret what it holds", "PUT /v1/secrets/{secret_id}",
            legacy: "rule:admin_or_creator and rule:secret_project_match"),
        rule(
            "secret:delete", "role:admin or \(holders)", "Delete a secret", "DELETE /v1/secrets/{secret_id}",
            legacy: "rule:secret_project_admin or rule:secret_project_creator or "
                + "(rule:secret_project_creator_role and not rule:secret_private_read)"),
        rule(
            "secrets:post", "role:member", "Store a secret", "POST /v1/secrets", legacy: "rule:admin_or_creator"),
        rule("secrets:get", "role:member", "List secrets", "GET /v1/secrets", legacy: "rule:all_but_audit"),
    ]

    private static func rule(
        _ name: String, _ check: String, _ description: String, _ operation: String, legacy: String
    ) -> PolicyRule {
        PolicyRule(
            name, check, scopes: .project, description, operations: [PolicyRule.Operation(operation)],
            legacyCheck: legacy)
    }
}
