import Access

extension IdentityPolicy {
    /// Rules of domains, projects and their tags.
    static let projects: [PolicyRule] = [
        identity(
            "get_domain",
            """
            rule:admin_required or (role:reader and system_scope:all) or token.domain.id:%(target.domain.id)s or \
            token.project.domain.id:%(target.domain.id)s
            """, .every, "GET /v3/domains/{domain_id}"),
        identity(
            "list_domains",
            """
            rule:admin_required or (role:reader and system_scope:all) or (role:reader and \
            domain_id:%(target.domain.id)s)
            """, .every, "GET /v3/domains"),
        identity("create_domain", admin, .operators, "POST /v3/domains"),
        identity("update_domain", admin, .operators, "PATCH /v3/domains/{domain_id}"),
        identity("delete_domain", admin, .operators, "DELETE /v3/domains/{domain_id}"),
        identity("create_domain_config", admin, .operators, "PUT /v3/domains/{domain_id}/config"),
        identity(
            "get_domain_config", adminOrReader, .operators, "GET /v3/domains/{domain_id}/config",
            "HEAD /v3/domains/{domain_id}/config", "GET /v3/domains/{domain_id}/config/{group}",
            "HEAD /v3/domains/{domain_id}/config/{group}", "GET /v3/domains/{domain_id}/config/{group}/{option}",
            "HEAD /v3/domains/{domain_id}/config/{group}/{option}"),
        identity(
            "get_security_compliance_domain_config", "", .every,
            "GET /v3/domains/{domain_id}/config/security_compliance",
            "HEAD /v3/domains/{domain_id}/config/security_compliance",
            "GET /v3/domains/{domain_id}/config/security_compliance/{option}",
            "HEAD /v3/domains/{domain_id}/config/security_compliance/{option}"),
        identity(
            "update_domain_config", admin, .operators, "PATCH /v3/domains/{domain_id}/config",
            "PATCH /v3/domains/{domain_id}/config/{group}", "PATCH /v3/domains/{domain_id}/config/{group}/{option}"),
        identity(
            "delete_domain_config", admin, .operators, "DELETE /v3/domains/{domain_id}/config",
            "DELETE /v3/domains/{domain_id}/config/{group}", "DELETE /v3/domains/{domain_id}/config/{group}/{option}"),
        identity(
            "get_domain_config_default", adminOrReader, .operators, "GET /v3/domains/config/default",
            "HEAD /v3/domains/config/default", "GET /v3/domains/config/{group}/default",
            "HEAD /v3/domains/config/{group}/default", "GET /v3/domains/config/{group}/{option}/default",
            "HEAD /v3/domains/config/{group}/{option}/default"),
        identity(
            "get_project",
            """
            rule:admin_required or (role:reader and system_scope:all) or (role:reader and \
            domain_id:%(target.project.domain_id)s and not None:%(target.project.domain_id)s) or \
            project_id:%(target.project.id)s
            """, .every, "GET /v3/projects/{project_id}"),
        identity(
            "list_projects",
            """
            rule:admin_required or (role:reader and system_scope:all) or (role:reader and \
            domain_id:%(target.domain_id)s)
            """, .every, "GET /v3/projects"),
        identity(
            "create_project",
            """
            rule:admin_required or (role:manager and domain_id:%(target.project.domain_id)s and not \
            None:%(target.project.domain_id)s)
            """, .every, "POST /v3/projects"),
        identity(
            "update_project",
            """
            rule:admin_required or (role:manager and domain_id:%(target.project.domain_id)s and not \
            None:%(target.project.domain_id)s)
            """, .every, "PATCH /v3/projects/{project_id}"),
        identity(
            "delete_project",
            """
            rule:admin_required or (role:manager and domain_id:%(target.project.domain_id)s and not \
            None:%(target.project.domain_id)s)
            """, .every, "DELETE /v3/projects/{project_id}"),
        identity(
            "list_project_tags",
            """
            rule:admin_required or (role:reader and system_scope:all) or (role:reader and \
            domain_id:%(target.project.domain_id)s and not None:%(target.project.domain_id)s) or \
            project_id:%(target.project.id)s
            """, .every, "GET /v3/projects/{project_id}/tags", "HEAD /v3/projects/{project_id}/tags"),
        identity(
            "get_project_tag",
            """
            rule:admin_required or (role:reader and system_scope:all) or (role:reader and \
            domain_id:%(target.project.domain_id)s and not None:%(target.project.domain_id)s) or \
            project_id:%(target.project.id)s
            """, .every, "GET /v3/projects/{project_id}/tags/{value}", "HEAD /v3/projects/{project_id}/tags/{value}"),
        identity(
            "update_project_tags",
            """
            rule:admin_required or (role:manager and domain_id:%(target.project.domain_id)s and not \
            None:%(target.project.domain_id)s)
            """, .every, "PUT /v3/projects/{project_id}/tags"),
        identity(
            "create_project_tag",
            """
            rule:admin_required or (role:manager and domain_id:%(target.project.domain_id)s and not \
            None:%(target.project.domain_id)s)
            """, .every, "PUT /v3/projects/{project_id}/tags/{value}"),
        identity(
            "delete_project_tags",
            """
            rule:admin_required or (role:manager and domain_id:%(target.project.domain_id)s and not \
            None:%(target.project.domain_id)s)
            """, .every, "DELETE /v3/projects/{project_id}/tags"),
        identity(
            "delete_project_tag",
            """
            rule:admin_required or (role:manager and domain_id:%(target.project.domain_id)s and not \
            None:%(target.project.domain_id)s)
            """, .every, "DELETE /v3/projects/{project_id}/tags/{value}"),
    ]
}
