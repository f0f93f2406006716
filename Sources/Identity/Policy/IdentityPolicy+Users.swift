import Access

extension IdentityPolicy {
    /// Rules of users, groups and stored credentials.
    static let users: [PolicyRule] = [
        identity(
            "get_credential",
            """
            rule:admin_required or (role:reader and system_scope:all) or user_id:%(target.credential.user_id)s
            """, .every, "GET /v3/credentials/{credential_id}"),
        identity(
            "list_credentials",
            """
            rule:admin_required or (role:reader and system_scope:all) or user_id:%(target.credential.user_id)s
            """, .every, "GET /v3/credentials"),
        identity(
            "create_credential", "rule:admin_required or user_id:%(target.credential.user_id)s", .every,
            "POST /v3/credentials"),
        identity(
            "update_credential", "rule:admin_required or user_id:%(target.credential.user_id)s", .every,
            "PATCH /v3/credentials/{credential_id}"),
        identity(
            "delete_credential", "rule:admin_required or user_id:%(target.credential.user_id)s", .every,
            "DELETE /v3/credentials/{credential_id}"),
        identity(
            "ec2_get_credential",
            """
            rule:admin_required or (role:reader and system_scope:all) or user_id:%(target.credential.user_id)s
            """, .operators, "GET /v3/users/{user_id}/credentials/OS-EC2/{credential_id}"),
        identity(
            "ec2_list_credentials", "rule:admin_required or (role:reader and system_scope:all) or rule:owner",
            .operators, "GET /v3/users/{user_id}/credentials/OS-EC2"),
        identity(
            "ec2_create_credential", "rule:admin_required or (role:member and user_id:%(target.credential.user_id)s)",
            .operators, "POST /v3/users/{user_id}/credentials/OS-EC2"),
        identity(
            "ec2_delete_credential", "rule:admin_required or (role:member and user_id:%(target.credential.user_id)s)",
            .operators, "DELETE /v3/users/{user_id}/credentials/OS-EC2/{credential_id}"),
        identity(
            "get_group",
            """
            rule:admin_required or (role:reader and system_scope:all) or (role:reader and \
            domain_id:%(target.group.domain_id)s)
            """, .every, "GET /v3/groups/{group_id}", "HEAD /v3/groups/{group_id}"),
        identity(
            "list_groups",
            """
            rule:admin_required or (role:reader and system_scope:all) or (role:reader and \
            domain_id:%(target.group.domain_id)s)
            """, .every, "GET /v3/groups", "HEAD /v3/groups"),
        identity(
            "list_groups_for_user",
            """
            rule:admin_required or (role:reader and system_scope:all) or (role:reader and \
            domain_id:%(target.user.domain_id)s) or user_id:%(user_id)s
            """, .every, "GET /v3/users/{user_id}/groups", "HEAD /v3/users/{user_id}/groups"),
        identity(
            "create_group", "rule:admin_required or (role:manager and domain_id:%(target.group.domain_id)s)", .every,
            "POST /v3/groups"),
        identity(
            "update_group", "rule:admin_required or (role:manager and domain_id:%(target.group.domain_id)s)", .every,
            "PATCH /v3/groups/{group_id}"),
        identity(
            "delete_group", "rule:admin_required or (role:manager and domain_id:%(target.group.domain_id)s)", .every,
            "DELETE /v3/groups/{group_id}"),
        identity(
            "list_users_in_group",
            """
            rule:admin_required or (role:reader and system_scope:all) or (role:reader and \
            domain_id:%(target.group.domain_id)s)
            """, .every, "GET /v3/groups/{group_id}/users", "HEAD /v3/groups/{group_id}/users"),
        identity(
            "remove_user_from_group",
            """
            rule:admin_required or (role:manager and domain_id:%(target.group.domain_id)s and \
            domain_id:%(target.user.domain_id)s)
            """, .every, "DELETE /v3/groups/{group_id}/users/{user_id}"),
        identity(
            "check_user_in_group",
            """
            rule:admin_required or (role:reader and system_scope:all) or (role:reader and \
            domain_id:%(target.group.domain_id)s and domain_id:%(target.user.domain_id)s)
            """, .every, "HEAD /v3/groups/{group_id}/users/{user_id}", "GET /v3/groups/{group_id}/users/{user_id}"),
        identity(
            "add_user_to_group",
            """
            rule:admin_required or (role:manager and domain_id:%(target.group.domain_id)s and \
            domain_id:%(target.user.domain_id)s)
            """, .every, "PUT /v3/groups/{group_id}/users/{user_id}"),
        identity(
            "list_user_projects",
            """
            rule:admin_required or (role:reader and system_scope:all) or (role:reader and \
            domain_id:%(target.user.domain_id)s) or user_id:%(target.user.id)s
            """, .every, "GET /v3/users/{user_id}/projects"),
        identity(
            "get_user",
            """
            rule:admin_required or (role:reader and system_scope:all) or (role:reader and \
            token.domain.id:%(target.user.domain_id)s) or user_id:%(target.user.id)s
            """, .every, "GET /v3/users/{user_id}", "HEAD /v3/users/{user_id}"),
        identity(
            "list_users",
            """
            rule:admin_required or (role:reader and system_scope:all) or (role:reader and \
            domain_id:%(target.domain_id)s)
            """, .every, "GET /v3/users", "HEAD /v3/users"),
        identity("list_projects_for_user", "", .every, "GET /v3/auth/projects"),
        identity("list_domains_for_user", "", .every, "GET /v3/auth/domains"),
        identity(
            "create_user", "rule:admin_required or (role:manager and token.domain.id:%(target.user.domain_id)s)",
            .every, "POST /v3/users"),
        identity(
            "update_user", "rule:admin_required or (role:manager and token.domain.id:%(target.user.domain_id)s)",
            .every, "PATCH /v3/users/{user_id}"),
        identity(
            "delete_user", "rule:admin_required or (role:manager and token.domain.id:%(target.user.domain_id)s)",
            .every, "DELETE /v3/users/{user_id}"),
    ]
}
