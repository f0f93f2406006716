import Access

extension IdentityPolicy {
    /// Rules of roles, implied roles, grants and assignments.
    static let roles: [PolicyRule] = [
        identity(
            "check_grant",
            """
            rule:admin_required or ((role:reader and system_scope:all) or ((role:reader and \
            domain_id:%(target.user.domain_id)s and domain_id:%(target.project.domain_id)s) or (role:reader and \
            domain_id:%(target.user.domain_id)s and domain_id:%(target.domain.id)s) or (role:reader and \
            domain_id:%(target.group.domain_id)s and domain_id:%(target.project.domain_id)s) or (role:reader and \
            domain_id:%(target.group.domain_id)s and domain_id:%(target.domain.id)s)) and \
            (domain_id:%(target.role.domain_id)s or None:%(target.role.domain_id)s))
            """, .every, "HEAD /v3/projects/{project_id}/users/{user_id}/roles/{role_id}",
            "GET /v3/projects/{project_id}/users/{user_id}/roles/{role_id}",
            "HEAD /v3/projects/{project_id}/groups/{group_id}/roles/{role_id}",
            "GET /v3/projects/{project_id}/groups/{group_id}/roles/{role_id}",
            "HEAD /v3/domains/{domain_id}/users/{user_id}/roles/{role_id}",
            "GET /v3/domains/{domain_id}/users/{user_id}/roles/{role_id}",
            "HEAD /v3/domains/{domain_id}/groups/{group_id}/roles/{role_id}",
            "GET /v3/domains/{domain_id}/groups/{group_id}/roles/{role_id}",
            "HEAD /v3/OS-INHERIT/projects/{project_id}/users/{user_id}/roles/{role_id}/inherited_to_projects",
            "GET /v3/OS-INHERIT/projects/{project_id}/users/{user_id}/roles/{role_id}/inherited_to_projects",
            "HEAD /v3/OS-INHERIT/projects/{project_id}/groups/{group_id}/roles/{role_id}/inherited_to_projects",
            "GET /v3/OS-INHERIT/projects/{project_id}/groups/{group_id}/roles/{role_id}/inherited_to_projects",
            "HEAD /v3/OS-INHERIT/domains/{domain_id}/users/{user_id}/roles/{role_id}/inherited_to_projects",
            "GET /v3/OS-INHERIT/domains/{domain_id}/users/{user_id}/roles/{role_id}/inherited_to_projects",
            "HEAD /v3/OS-INHERIT/domains/{domain_id}/groups/{group_id}/roles/{role_id}/inherited_to_projects",
            "GET /v3/OS-INHERIT/domains/{domain_id}/groups/{group_id}/roles/{role_id}/inherited_to_projects"),
        identity(
            "list_grants",
            """
            rule:admin_required or ((role:reader and system_scope:all) or (role:reader and \
            domain_id:%(target.user.domain_id)s and domain_id:%(target.project.domain_id)s) or (role:reader and \
            domain_id:%(target.user.domain_id)s and domain_id:%(target.domain.id)s) or (role:reader and \
            domain_id:%(target.group.domain_id)s and domain_id:%(target.project.domain_id)s) or (role:reader and \
            domain_id:%(target.group.domain_id)s and domain_id:%(target.domain.id)s))
            """, .every, "GET /v3/projects/{project_id}/users/{user_id}/roles",
            "HEAD /v3/projects/{project_id}/users/{user_id}/roles",
            "GET /v3/projects/{project_id}/groups/{group_id}/roles",
            "HEAD /v3/projects/{project_id}/groups/{group_id}/roles",
            "GET /v3/domains/{domain_id}/users/{user_id}/roles", "HEAD /v3/domains/{domain_id}/users/{user_id}/roles",
            "GET /v3/domains/{domain_id}/groups/{group_id}/roles",
            "HEAD /v3/domains/{domain_id}/groups/{group_id}/roles",
            "GET /v3/OS-INHERIT/domains/{domain_id}/groups/{group_id}/roles/inherited_to_projects",
            "GET /v3/OS-INHERIT/domains/{domain_id}/users/{user_id}/roles/inherited_to_projects"),
        identity(
            "create_grant",
            """
            rule:admin_required or ((role:admin and domain_id:%(target.user.domain_id)s and \
            domain_id:%(target.project.domain_id)s) or (role:admin and domain_id:%(target.user.domain_id)s and \
            domain_id:%(target.domain.id)s) or (role:admin and domain_id:%(target.group.domain_id)s and \
            domain_id:%(target.project.domain_id)s) or (role:admin and domain_id:%(target.group.domain_id)s and \
            domain_id:%(target.domain.id)s)) and (domain_id:%(target.role.domain_id)s or \
            None:%(target.role.domain_id)s) or ((role:manager and domain_id:%(target.user.domain_id)s and \
            domain_id:%(target.project.domain_id)s) or (role:manager and domain_id:%(target.user.domain_id)s and \
            domain_id:%(target.domain.id)s) or (role:manager and domain_id:%(target.group.domain_id)s and \
            domain_id:%(target.project.domain_id)s) or (role:manager and domain_id:%(target.group.domain_id)s \
            and domain_id:%(target.domain.id)s)) and rule:domain_managed_target_role
            """, .every, "PUT /v3/projects/{project_id}/users/{user_id}/roles/{role_id}",
            "PUT /v3/projects/{project_id}/groups/{group_id}/roles/{role_id}",
            "PUT /v3/domains/{domain_id}/users/{user_id}/roles/{role_id}",
            "PUT /v3/domains/{domain_id}/groups/{group_id}/roles/{role_id}",
            "PUT /v3/OS-INHERIT/projects/{project_id}/users/{user_id}/roles/{role_id}/inherited_to_projects",
            "PUT /v3/OS-INHERIT/projects/{project_id}/groups/{group_id}/roles/{role_id}/inherited_to_projects",
            "PUT /v3/OS-INHERIT/domains/{domain_id}/users/{user_id}/roles/{role_id}/inherited_to_projects",
            "PUT /v3/OS-INHERIT/domains/{domain_id}/groups/{group_id}/roles/{role_id}/inherited_to_projects"),
        identity(
            "revoke_grant",
            """
            rule:admin_required or ((role:admin and domain_id:%(target.user.domain_id)s and \
            domain_id:%(target.project.domain_id)s) or (role:admin and domain_id:%(target.user.domain_id)s and \
            domain_id:%(target.domain.id)s) or (role:admin and domain_id:%(target.group.domain_id)s and \
            domain_id:%(target.project.domain_id)s) or (role:admin and domain_id:%(target.group.domain_id)s and \
            domain_id:%(target.domain.id)s)) and (domain_id:%(target.role.domain_id)s or \
            None:%(target.role.domain_id)s) or ((role:manager and domain_id:%(target.user.domain_id)s and \
            domain_id:%(target.project.domain_id)s) or (role:manager and domain_id:%(target.user.domain_id)s and \
            domain_id:%(target.domain.id)s) or (role:manager and domain_id:%(target.group.domain_id)s and \
            domain_id:%(target.project.domain_id)s) or (role:manager and domain_id:%(target.group.domain_id)s \
            and domain_id:%(target.domain.id)s)) and rule:domain_managed_target_role
            """, .every, "DELETE /v3/projects/{project_id}/users/{user_id}/roles/{role_id}",
            "DELETE /v3/projects/{project_id}/groups/{group_id}/roles/{role_id}",
            "DELETE /v3/domains/{domain_id}/users/{user_id}/roles/{role_id}",
            "DELETE /v3/domains/{domain_id}/groups/{group_id}/roles/{role_id}",
            "DELETE /v3/OS-INHERIT/projects/{project_id}/users/{user_id}/roles/{role_id}/inherited_to_projects",
            "DELETE /v3/OS-INHERIT/projects/{project_id}/groups/{group_id}/roles/{role_id}/inherited_to_projects",
            "DELETE /v3/OS-INHERIT/domains/{domain_id}/users/{user_id}/roles/{role_id}/inherited_to_projects",
            "DELETE /v3/OS-INHERIT/domains/{domain_id}/groups/{group_id}/roles/{role_id}/inherited_to_projects"),
        identity(
            "list_system_grants_for_user", adminOrReader, .operators, "HEAD /v3/system/users/{user_id}/roles",
            "GET /v3/system/users/{user_id}/roles"
        ),
        identity(
            "check_system_grant_for_user", adminOrReader, .operators,
            "HEAD /v3/system/users/{user_id}/roles/{role_id}", "GET /v3/system/users/{user_id}/roles/{role_id}"),
        identity(
            "create_system_grant_for_user", admin, .operators, "PUT /v3/system/users/{user_id}/roles/{role_id}"),
        identity(
            "revoke_system_grant_for_user", admin, .operators, "DELETE /v3/system/users/{user_id}/roles/{role_id}"),
        identity(
            "list_system_grants_for_group", adminOrReader, .operators,
            "HEAD /v3/system/groups/{group_id}/roles", "GET /v3/system/groups/{group_id}/roles"),
        identity(
            "check_system_grant_for_group", adminOrReader, .operators,
            "HEAD /v3/system/groups/{group_id}/roles/{role_id}", "GET /v3/system/groups/{group_id}/roles/{role_id}"),
        identity(
            "create_system_grant_for_group", admin, .operators, "PUT /v3/system/groups/{group_id}/roles/{role_id}"),
        identity(
            "revoke_system_grant_for_group", admin, .operators,
            "DELETE /v3/system/groups/{group_id}/roles/{role_id}"),
        identity(
            "get_implied_role", adminOrReader, .operators, "GET /v3/roles/{prior_role_id}/implies/{implied_role_id}"),
        identity(
            "list_implied_roles", adminOrReader, .operators, "GET /v3/roles/{prior_role_id}/implies",
            "HEAD /v3/roles/{prior_role_id}/implies"),
        identity("create_implied_role", admin, .operators, "PUT /v3/roles/{prior_role_id}/implies/{implied_role_id}"),
        identity(
            "delete_implied_role", admin, .operators, "DELETE /v3/roles/{prior_role_id}/implies/{implied_role_id}"),
        identity(
            "list_role_inference_rules", adminOrReader, .operators, "GET /v3/role_inferences",
            "HEAD /v3/role_inferences"),
        identity(
            "check_implied_role", adminOrReader, .operators, "HEAD /v3/roles/{prior_role_id}/implies/{implied_role_id}"),
        identity(
            "get_role",
            """
            rule:admin_required or (role:reader and system_scope:all) or (role:manager and \
            rule:domain_managed_target_role)
            """, .every, "GET /v3/roles/{role_id}", "HEAD /v3/roles/{role_id}"),
        identity(
            "list_roles",
            """
            rule:admin_required or (role:reader and system_scope:all) or (role:manager and not domain_id:None)
            """, .every, "GET /v3/roles", "HEAD /v3/roles"),
        identity("create_role", admin, .operators, "POST /v3/roles"),
        identity("update_role", admin, .operators, "PATCH /v3/roles/{role_id}"),
        identity("delete_role", admin, .operators, "DELETE /v3/roles/{role_id}"),
        identity("get_domain_role", adminOrReader, .operators, "GET /v3/roles/{role_id}", "HEAD /v3/roles/{role_id}"),
        identity(
            "list_domain_roles", adminOrReader, .operators, "GET /v3/roles?domain_id={domain_id}",
            "HEAD /v3/roles?domain_id={domain_id}"),
        identity("create_domain_role", admin, .operators, "POST /v3/roles"),
        identity("update_domain_role", admin, .operators, "PATCH /v3/roles/{role_id}"),
        identity("delete_domain_role", admin, .operators, "DELETE /v3/roles/{role_id}"),
        identity(
            "list_role_assignments",
            """
            rule:admin_required or (role:reader and system_scope:all) or (role:reader and \
            domain_id:%(target.domain_id)s and not None:%(target.domain_id)s)
            """, .every, "GET /v3/role_assignments", "HEAD /v3/role_assignments"),
        identity(
            "list_role_assignments_for_tree",
            """
            rule:admin_required or (role:reader and system_scope:all) or (role:reader and \
            domain_id:%(target.domain_id)s and not None:%(target.domain_id)s)
            """, .every, "GET /v3/role_assignments?include_subtree", "HEAD /v3/role_assignments?include_subtree"),
    ]
}
