import Access

extension IdentityPolicy {
    /// Rules of federation and delegated access. They are declared so that complete policy files of Keystone are
    /// accepted.
    static let federation: [PolicyRule] = [
        identity("authorize_request_token", admin, .project, "PUT /v3/OS-OAUTH1/authorize/{request_token_id}"),
        identity(
            "get_access_token", admin, .project, "GET /v3/users/{user_id}/OS-OAUTH1/access_tokens/{access_token_id}"),
        identity(
            "get_access_token_role", admin, .project,
            "GET /v3/users/{user_id}/OS-OAUTH1/access_tokens/{access_token_id}/roles/{role_id}"),
        identity("list_access_tokens", admin, .project, "GET /v3/users/{user_id}/OS-OAUTH1/access_tokens"),
        identity(
            "list_access_token_roles", admin, .project,
            "GET /v3/users/{user_id}/OS-OAUTH1/access_tokens/{access_token_id}/roles"),
        identity(
            "delete_access_token", admin, .project,
            "DELETE /v3/users/{user_id}/OS-OAUTH1/access_tokens/{access_token_id}"),
        identity("get_consumer", adminOrReader, .operators, "GET /v3/OS-OAUTH1/consumers/{consumer_id}"),
        identity("list_consumers", adminOrReader, .operators, "GET /v3/OS-OAUTH1/consumers"),
        identity("create_consumer", admin, .operators, "POST /v3/OS-OAUTH1/consumers"),
        identity("update_consumer", admin, .operators, "PATCH /v3/OS-OAUTH1/consumers/{consumer_id}"),
        identity("delete_consumer", admin, .operators, "DELETE /v3/OS-OAUTH1/consumers/{consumer_id}"),
        identity("create_identity_provider", admin, .operators, "PUT /v3/OS-FEDERATION/identity_providers/{idp_id}"),
        identity(
            "list_identity_providers", adminOrReader, .operators, "GET /v3/OS-FEDERATION/identity_providers",
            "HEAD /v3/OS-FEDERATION/identity_providers"),
        identity(
            "get_identity_provider", adminOrReader, .operators, "GET /v3/OS-FEDERATION/identity_providers/{idp_id}",
            "HEAD /v3/OS-FEDERATION/identity_providers/{idp_id}"),
        identity("update_identity_provider", admin, .operators, "PATCH /v3/OS-FEDERATION/identity_providers/{idp_id}"),
        identity("delete_identity_provider", admin, .operators, "DELETE /v3/OS-FEDERATION/identity_providers/{idp_id}"),
        identity("create_mapping", admin, .operators, "PUT /v3/OS-FEDERATION/mappings/{mapping_id}"),
        identity(
            "get_mapping", adminOrReader, .operators, "GET /v3/OS-FEDERATION/mappings/{mapping_id}",
            "HEAD /v3/OS-FEDERATION/mappings/{mapping_id}"),
        identity(
            "list_mappings", adminOrReader, .operators, "GET /v3/OS-FEDERATION/mappings",
            "HEAD /v3/OS-FEDERATION/mappings"),
        identity("delete_mapping", admin, .operators, "DELETE /v3/OS-FEDERATION/mappings/{mapping_id}"),
        identity("update_mapping", admin, .operators, "PATCH /v3/OS-FEDERATION/mappings/{mapping_id}"),
        identity(
            "create_protocol", admin, .operators,
            "PUT /v3/OS-FEDERATION/identity_providers/{idp_id}/protocols/{protocol_id}"),
        identity(
            "update_protocol", admin, .operators,
            "PATCH /v3/OS-FEDERATION/identity_providers/{idp_id}/protocols/{protocol_id}"),
        identity(
            "get_protocol", adminOrReader, .operators,
            "GET /v3/OS-FEDERATION/identity_providers/{idp_id}/protocols/{protocol_id}"),
        identity(
            "list_protocols", adminOrReader, .operators, "GET /v3/OS-FEDERATION/identity_providers/{idp_id}/protocols"),
        identity(
            "delete_protocol", admin, .operators,
            "DELETE /v3/OS-FEDERATION/identity_providers/{idp_id}/protocols/{protocol_id}"),
        identity(
            "create_service_provider", admin, .operators,
            "PUT /v3/OS-FEDERATION/service_providers/{service_provider_id}"),
        identity(
            "list_service_providers", adminOrReader, .operators, "GET /v3/OS-FEDERATION/service_providers",
            "HEAD /v3/OS-FEDERATION/service_providers"),
        identity(
            "get_service_provider", adminOrReader, .operators,
            "GET /v3/OS-FEDERATION/service_providers/{service_provider_id}",
            "HEAD /v3/OS-FEDERATION/service_providers/{service_provider_id}"),
        identity(
            "update_service_provider", admin, .operators,
            "PATCH /v3/OS-FEDERATION/service_providers/{service_provider_id}"),
        identity(
            "delete_service_provider", admin, .operators,
            "DELETE /v3/OS-FEDERATION/service_providers/{service_provider_id}"),
    ]
}
