import Access

extension IdentityPolicy {
    /// Rules of services, endpoints, regions and their associations.
    static let catalog: [PolicyRule] = [
        identity("get_endpoint", adminOrReader, .operators, "GET /v3/endpoints/{endpoint_id}"),
        identity("list_endpoints", adminOrReader, .operators, "GET /v3/endpoints"),
        identity("create_endpoint", admin, .operators, "POST /v3/endpoints"),
        identity("update_endpoint", admin, .operators, "PATCH /v3/endpoints/{endpoint_id}"),
        identity("delete_endpoint", admin, .operators, "DELETE /v3/endpoints/{endpoint_id}"),
        identity("create_endpoint_group", admin, .operators, "POST /v3/OS-EP-FILTER/endpoint_groups"),
        identity("list_endpoint_groups", adminOrReader, .operators, "GET /v3/OS-EP-FILTER/endpoint_groups"),
        identity(
            "get_endpoint_group", adminOrReader, .operators, "GET /v3/OS-EP-FILTER/endpoint_groups/{endpoint_group_id}",
            "HEAD /v3/OS-EP-FILTER/endpoint_groups/{endpoint_group_id}"),
        identity(
            "update_endpoint_group", admin, .operators, "PATCH /v3/OS-EP-FILTER/endpoint_groups/{endpoint_group_id}"),
        identity(
            "delete_endpoint_group", admin, .operators, "DELETE /v3/OS-EP-FILTER/endpoint_groups/{endpoint_group_id}"),
        identity(
            "list_projects_associated_with_endpoint_group", adminOrReader, .operators,
            "GET /v3/OS-EP-FILTER/endpoint_groups/{endpoint_group_id}/projects"),
        identity(
            "list_endpoints_associated_with_endpoint_group", adminOrReader, .operators,
            "GET /v3/OS-EP-FILTER/endpoint_groups/{endpoint_group_id}/endpoints"),
        identity(
            "get_endpoint_group_in_project", adminOrReader, .operators,
            "GET /v3/OS-EP-FILTER/endpoint_groups/{endpoint_group_id}/projects/{project_id}",
            "HEAD /v3/OS-EP-FILTER/endpoint_groups/{endpoint_group_id}/projects/{project_id}"),
        identity(
            "list_endpoint_groups_for_project", adminOrReader, .operators,
            "GET /v3/OS-EP-FILTER/projects/{project_id}/endpoint_groups"),
        identity(
            "add_endpoint_group_to_project", admin, .operators,
            "PUT /v3/OS-EP-FILTER/endpoint_groups/{endpoint_group_id}/projects/{project_id}"),
        identity(
            "remove_endpoint_group_from_project", admin, .operators,
            "DELETE /v3/OS-EP-FILTER/endpoint_groups/{endpoint_group_id}/projects/{project_id}"),
        identity("get_policy", adminOrReader, .operators, "GET /v3/policies/{policy_id}"),
        identity("list_policies", adminOrReader, .operators, "GET /v3/policies"),
        identity("create_policy", admin, .operators, "POST /v3/policies"),
        identity("update_policy", admin, .operators, "PATCH /v3/policies/{policy_id}"),
        identity("delete_policy", admin, .operators, "DELETE /v3/policies/{policy_id}"),
        identity(
            "create_policy_association_for_endpoint", admin, .operators,
            "PUT /v3/policies/{policy_id}/OS-ENDPOINT-POLICY/endpoints/{endpoint_id}"),
        identity(
            "check_policy_association_for_endpoint", adminOrReader, .operators,
            "GET /v3/policies/{policy_id}/OS-ENDPOINT-POLICY/endpoints/{endpoint_id}",
            "HEAD /v3/policies/{policy_id}/OS-ENDPOINT-POLICY/endpoints/{endpoint_id}"),
        identity(
            "delete_policy_association_for_endpoint", admin, .operators,
            "DELETE /v3/policies/{policy_id}/OS-ENDPOINT-POLICY/endpoints/{endpoint_id}"),
        identity(
            "create_policy_association_for_service", admin, .operators,
            "PUT /v3/policies/{policy_id}/OS-ENDPOINT-POLICY/services/{service_id}"),
        identity(
            "check_policy_association_for_service", adminOrReader, .operators,
            "GET /v3/policies/{policy_id}/OS-ENDPOINT-POLICY/services/{service_id}",
            "HEAD /v3/policies/{policy_id}/OS-ENDPOINT-POLICY/services/{service_id}"),
        identity(
            "delete_policy_association_for_service", admin, .operators,
            "DELETE /v3/policies/{policy_id}/OS-ENDPOINT-POLICY/services/{service_id}"),
        identity(
            "create_policy_association_for_region_and_service", admin, .operators,
            "PUT /v3/policies/{policy_id}/OS-ENDPOINT-POLICY/services/{service_id}/regions/{region_id}"),
        identity(
            "check_policy_association_for_region_and_service", adminOrReader, .operators,
            "GET /v3/policies/{policy_id}/OS-ENDPOINT-POLICY/services/{service_id}/regions/{region_id}",
            "HEAD /v3/policies/{policy_id}/OS-ENDPOINT-POLICY/services/{service_id}/regions/{region_id}"),
        identity(
            "delete_policy_association_for_region_and_service", admin, .operators,
            "DELETE /v3/policies/{policy_id}/OS-ENDPOINT-POLICY/services/{service_id}/regions/{region_id}"),
        identity(
            "get_policy_for_endpoint", adminOrReader, .operators,
            "GET /v3/endpoints/{endpoint_id}/OS-ENDPOINT-POLICY/policy",
            "HEAD /v3/endpoints/{endpoint_id}/OS-ENDPOINT-POLICY/policy"),
        identity(
            "list_endpoints_for_policy", adminOrReader, .operators,
            "GET /v3/policies/{policy_id}/OS-ENDPOINT-POLICY/endpoints"),
        identity(
            "list_projects_for_endpoint", adminOrReader, .operators,
            "GET /v3/OS-EP-FILTER/endpoints/{endpoint_id}/projects"),
        identity(
            "add_endpoint_to_project", admin, .operators,
            "PUT /v3/OS-EP-FILTER/projects/{project_id}/endpoints/{endpoint_id}"),
        identity(
            "check_endpoint_in_project", adminOrReader, .operators,
            "GET /v3/OS-EP-FILTER/projects/{project_id}/endpoints/{endpoint_id}",
            "HEAD /v3/OS-EP-FILTER/projects/{project_id}/endpoints/{endpoint_id}"),
        identity(
            "list_endpoints_for_project", adminOrReader, .operators,
            "GET /v3/OS-EP-FILTER/projects/{project_id}/endpoints"),
        identity(
            "remove_endpoint_from_project", admin, .operators,
            "DELETE /v3/OS-EP-FILTER/projects/{project_id}/endpoints/{endpoint_id}"),
        identity("get_region", "", .every, "GET /v3/regions/{region_id}", "HEAD /v3/regions/{region_id}"),
        identity("list_regions", "", .every, "GET /v3/regions", "HEAD /v3/regions"),
        identity("create_region", admin, .operators, "POST /v3/regions", "PUT /v3/regions/{region_id}"),
        identity("update_region", admin, .operators, "PATCH /v3/regions/{region_id}"),
        identity("delete_region", admin, .operators, "DELETE /v3/regions/{region_id}"),
        identity("get_service", adminOrReader, .operators, "GET /v3/services/{service_id}"),
        identity("list_services", adminOrReader, .operators, "GET /v3/services"),
        identity("create_service", admin, .operators, "POST /v3/services"),
        identity("update_service", admin, .operators, "PATCH /v3/services/{service_id}"),
        identity("delete_service", admin, .operators, "DELETE /v3/services/{service_id}"),
    ]
}
