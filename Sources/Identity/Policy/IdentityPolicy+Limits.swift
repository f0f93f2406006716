import Access

extension IdentityPolicy {
    /// Rules of registered limits and limits.
    static let limits: [PolicyRule] = [
        identity("get_limit_model", "", .every, "GET /v3/limits/model", "HEAD /v3/limits/model"),
        identity(
            "get_limit",
            """
            rule:admin_required or (role:reader and system_scope:all) or (domain_id:%(target.limit.domain.id)s \
            or domain_id:%(target.limit.project.domain_id)s) or (project_id:%(target.limit.project_id)s and not \
            None:%(target.limit.project_id)s)
            """, .every, "GET /v3/limits/{limit_id}", "HEAD /v3/limits/{limit_id}"),
        identity("list_limits", "", .every, "GET /v3/limits", "HEAD /v3/limits"),
        identity("create_limits", admin, .operators, "POST /v3/limits"),
        identity("update_limit", admin, .operators, "PATCH /v3/limits/{limit_id}"),
        identity("delete_limit", admin, .operators, "DELETE /v3/limits/{limit_id}"),
        identity(
            "get_registered_limit", "", .every, "GET /v3/registered_limits/{registered_limit_id}",
            "HEAD /v3/registered_limits/{registered_limit_id}"),
        identity("list_registered_limits", "", .every, "GET /v3/registered_limits", "HEAD /v3/registered_limits"),
        identity("create_registered_limits", admin, .operators, "POST /v3/registered_limits"),
        identity("update_registered_limit", admin, .operators, "PATCH /v3/registered_limits/{registered_limit_id}"),
        identity("delete_registered_limit", admin, .operators, "DELETE /v3/registered_limits/{registered_limit_id}"),
    ]
}
