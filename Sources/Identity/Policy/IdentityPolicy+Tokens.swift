import Access

extension IdentityPolicy {
    /// Rules of tokens, trusts, application credentials and access rules.
    static let tokens: [PolicyRule] = [
        identity(
            "get_access_rule", "(role:reader and system_scope:all) or user_id:%(target.user.id)s", .operators,
            "GET /v3/users/{user_id}/access_rules/{access_rule_id}",
            "HEAD /v3/users/{user_id}/access_rules/{access_rule_id}"),
        identity(
            "list_access_rules", "(role:reader and system_scope:all) or user_id:%(target.user.id)s", .operators,
            "GET /v3/users/{user_id}/access_rules", "HEAD /v3/users/{user_id}/access_rules"),
        identity(
            "delete_access_rule", "(role:admin and system_scope:all) or user_id:%(target.user.id)s", .operators,
            "DELETE /v3/users/{user_id}/access_rules/{access_rule_id}"),
        identity(
            "get_application_credential", "rule:admin_required or (role:reader and system_scope:all) or rule:owner",
            .operators, "GET /v3/users/{user_id}/application_credentials/{application_credential_id}",
            "HEAD /v3/users/{user_id}/application_credentials/{application_credential_id}"),
        identity(
            "list_application_credentials", "rule:admin_required or (role:reader and system_scope:all) or rule:owner",
            .operators, "GET /v3/users/{user_id}/application_credentials",
            "HEAD /v3/users/{user_id}/application_credentials"),
        identity(
            "create_application_credential", "user_id:%(user_id)s", .project,
            "POST /v3/users/{user_id}/application_credentials"),
        identity(
            "delete_application_credential", "rule:admin_or_owner", .operators,
            "DELETE /v3/users/{user_id}/application_credentials/{application_credential_id}"),
        identity("get_auth_catalog", "", .every, "GET /v3/auth/catalog", "HEAD /v3/auth/catalog"),
        identity("get_auth_projects", "", .every, "GET /v3/auth/projects", "HEAD /v3/auth/projects"),
        identity("get_auth_domains", "", .every, "GET /v3/auth/domains", "HEAD /v3/auth/domains"),
        identity("get_auth_system", "", .every, "GET /v3/auth/system", "HEAD /v3/auth/system"),
        identity("list_revoke_events", "rule:service_or_admin", .operators, "GET /v3/OS-REVOKE/events"),
        identity("s3tokens_validate", "rule:service_or_admin", .every, "POST /v3/s3tokens"),
        identity("ec2tokens_validate", "rule:service_or_admin", .every, "POST /v3/ec2tokens"),
        identity("revocation_list", "rule:service_or_admin", .operators, "GET /v3/auth/tokens/OS-PKI/revoked"),
        identity(
            "check_token", "rule:admin_required or (role:reader and system_scope:all) or rule:token_subject", .every,
            "HEAD /v3/auth/tokens"),
        identity(
            "validate_token",
            """
            rule:admin_required or (role:reader and system_scope:all) or rule:service_role or rule:token_subject
            """, .every, "GET /v3/auth/tokens"),
        identity("revoke_token", "rule:admin_required or rule:token_subject", .every, "DELETE /v3/auth/tokens"),
        identity("create_trust", "user_id:%(target.trust.trustor_user_id)s", .project, "POST /v3/OS-TRUST/trusts"),
        identity("list_trusts", adminOrReader, .operators, "GET /v3/OS-TRUST/trusts", "HEAD /v3/OS-TRUST/trusts"),
        identity(
            "list_trusts_for_trustor",
            """
            rule:admin_required or (role:reader and system_scope:all or \
            user_id:%(target.trust.trustor_user_id)s)
            """, .operators, "GET /v3/OS-TRUST/trusts?trustor_user_id={trustor_user_id}",
            "HEAD /v3/OS-TRUST/trusts?trustor_user_id={trustor_user_id}"),
        identity(
            "list_trusts_for_trustee",
            """
            rule:admin_required or (role:reader and system_scope:all or \
            user_id:%(target.trust.trustee_user_id)s)
            """, .operators, "GET /v3/OS-TRUST/trusts?trustee_user_id={trustee_user_id}",
            "HEAD /v3/OS-TRUST/trusts?trustee_user_id={trustee_user_id}"),
        identity(
            "list_roles_for_trust",
            """
            rule:admin_required or (role:reader and system_scope:all or user_id:%(target.trust.trustor_user_id)s \
            or user_id:%(target.trust.trustee_user_id)s)
            """, .operators, "GET /v3/OS-TRUST/trusts/{trust_id}/roles", "HEAD /v3/OS-TRUST/trusts/{trust_id}/roles"),
        identity(
            "get_role_for_trust",
            """
            rule:admin_required or (role:reader and system_scope:all or user_id:%(target.trust.trustor_user_id)s \
            or user_id:%(target.trust.trustee_user_id)s)
            """, .operators, "GET /v3/OS-TRUST/trusts/{trust_id}/roles/{role_id}",
            "HEAD /v3/OS-TRUST/trusts/{trust_id}/roles/{role_id}"),
        identity(
            "delete_trust", "rule:admin_required or user_id:%(target.trust.trustor_user_id)s", .operators,
            "DELETE /v3/OS-TRUST/trusts/{trust_id}"),
        identity(
            "get_trust",
            """
            rule:admin_required or (role:reader and system_scope:all or user_id:%(target.trust.trustor_user_id)s \
            or user_id:%(target.trust.trustee_user_id)s)
            """, .operators, "GET /v3/OS-TRUST/trusts/{trust_id}", "HEAD /v3/OS-TRUST/trusts/{trust_id}"),
        identity("revoke_tokens_for_user", "rule:admin_or_owner", .every, "DELETE /v3/users/{user_id}/tokens"),
    ]
}
