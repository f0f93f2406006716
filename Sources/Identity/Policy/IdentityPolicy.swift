public import Access

/// The rules of the Identity service with Keystone's names and defaults. Admin in any scope is the operator; reader on
/// the system reads everything; manager manages users, projects and grants of its own domain.
///
/// Targets name attributes as in Keystone: `target.user.id`, `target.user.domain_id`, `target.project.domain_id`. An
/// attribute that exists but is null must be given as `None`. If an attribute is left out, every check on it fails.
public enum IdentityPolicy {
    public static let rules: [PolicyRule] =
        base + users + projects + roles + catalog + limits + tokens + federation

    static let admin = "rule:admin_required"
    static let adminOrReader = "rule:admin_required or (role:reader and system_scope:all)"

    private static let base: [PolicyRule] = [
        PolicyRule("admin_required", "role:admin or is_admin:1"),
        PolicyRule("service_role", "role:service"),
        PolicyRule("service_or_admin", "rule:admin_required or rule:service_role"),
        PolicyRule("owner", "user_id:%(user_id)s"),
        PolicyRule("admin_or_owner", "rule:admin_required or rule:owner"),
        PolicyRule("token_subject", "user_id:%(target.token.user_id)s"),
        PolicyRule("admin_or_token_subject", "rule:admin_required or rule:token_subject"),
        PolicyRule("service_admin_or_token_subject", "rule:service_or_admin or rule:token_subject"),
        PolicyRule(
            "domain_managed_target_role",
            """
            'manager':%(target.role.name)s or 'member':%(target.role.name)s or 'reader':%(target.role.name)s
            """),
    ]

    /// A rule of the service, described by its name: `list_users` lists users.
    static func identity(
        _ name: String, _ check: String, _ scopes: Set<PolicyRule.Scope>, _ operations: String...
    ) -> PolicyRule {
        let words = name.split(separator: "_").joined(separator: " ")
        return PolicyRule(
            "identity:\(name)", check, scopes: scopes, words.prefix(1).uppercased() + words.dropFirst(),
            operations: operations.map(PolicyRule.Operation.init))
    }
}
