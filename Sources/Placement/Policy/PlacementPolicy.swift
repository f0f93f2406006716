public import Access

/// The rules of the Placement service with upstream's names and defaults: role admin or service in a project; the
/// reshaper only for services; a project's usage also for its readers.
///
/// Upstream's older defaults let the role admin do everything, including the reshaper.
public enum PlacementPolicy {
    public static let rules: [PolicyRule] = base + calls

    private static let adminOrService = "rule:admin_or_service_api"

    private static let base: [PolicyRule] = [
        PolicyRule("admin_api", "role:admin"),
        PolicyRule("service_api", "role:service", legacyCheck: "role:admin"),
        PolicyRule("admin_or_service_api", "role:admin or role:service", legacyCheck: "role:admin"),
        PolicyRule("project_reader_api", "role:reader and project_id:%(project_id)s", legacyCheck: "role:admin"),
        PolicyRule(
            "admin_or_project_reader_or_service_api", "role:admin or rule:project_reader_api or role:service",
            legacyCheck: "role:admin"),
    ]

    private static let calls: [PolicyRule] = [
        rule("placement:resource_providers:list", adminOrService, "List resource providers", "GET /resource_providers"),
        rule(
            "placement:resource_providers:create", adminOrService, "Create resource providers",
            "POST /resource_providers"),
        rule(
            "placement:resource_providers:show", adminOrService, "Show resource providers",
            "GET /resource_providers/{uuid}"),
        rule(
            "placement:resource_providers:update", adminOrService, "Update resource providers",
            "PUT /resource_providers/{uuid}"),
        rule(
            "placement:resource_providers:delete", adminOrService, "Delete resource providers",
            "DELETE /resource_providers/{uuid}"),
        rule("placement:resource_classes:list", adminOrService, "List resource classes", "GET /resource_classes"),
        rule("placement:resource_classes:create", adminOrService, "Create resource classes", "POST /resource_classes"),
        rule(
            "placement:resource_classes:show", adminOrService, "Show resource classes", "GET /resource_classes/{name}"),
        rule(
            "placement:resource_classes:update", adminOrService, "Update resource classes",
            "PUT /resource_classes/{name}"),
        rule(
            "placement:resource_classes:delete", adminOrService, "Delete resource classes",
            "DELETE /resource_classes/{name}"),
        rule(
            "placement:resource_providers:inventories:list", adminOrService, "List resource providers inventories",
            "GET /resource_providers/{uuid}/inventories"),
        rule(
            "placement:resource_providers:inventories:create", adminOrService, "Create resource providers inventories",
            "POST /resource_providers/{uuid}/inventories"),
        rule(
            "placement:resource_providers:inventories:show", adminOrService, "Show resource providers inventories",
            "GET /resource_providers/{uuid}/inventories/{resource_class}"),
        rule(
            "placement:resource_providers:inventories:update", adminOrService, "Update resource providers inventories",
            "PUT /resource_providers/{uuid}/inventories", "PUT /resource_providers/{uuid}/inventories/{resource_class}"),
        rule(
            "placement:resource_providers:inventories:delete", adminOrService, "Delete resource providers inventories",
            "DELETE /resource_providers/{uuid}/inventories",
            "DELETE /resource_providers/{uuid}/inventories/{resource_class}"),
        rule(
            "placement:resource_providers:aggregates:list", adminOrService, "List resource providers aggregates",
            "GET /resource_providers/{uuid}/aggregates"),
        rule(
            "placement:resource_providers:aggregates:update", adminOrService, "Update resource providers aggregates",
            "PUT /resource_providers/{uuid}/aggregates"),
        rule(
            "placement:resource_providers:usages", adminOrService, "Show what is used of a resource provider",
            "GET /resource_providers/{uuid}/usages"),
        rule(
            "placement:usages", "rule:admin_or_project_reader_or_service_api", "Show what a project uses", "GET /usages"
        ),
        rule("placement:traits:list", adminOrService, "List traits", "GET /traits"),
        rule("placement:traits:show", adminOrService, "Show traits", "GET /traits/{name}"),
        rule("placement:traits:update", adminOrService, "Update traits", "PUT /traits/{name}"),
        rule("placement:traits:delete", adminOrService, "Delete traits", "DELETE /traits/{name}"),
        rule(
            "placement:resource_providers:traits:list", adminOrService, "List resource providers traits",
            "GET /resource_providers/{uuid}/traits"),
        rule(
            "placement:resource_providers:traits:update", adminOrService, "Update resource providers traits",
            "PUT /resource_providers/{uuid}/traits"),
        rule(
            "placement:resource_providers:traits:delete", adminOrService, "Delete resource providers traits",
            "DELETE /resource_providers/{uuid}/traits"),
        rule(
            "placement:allocations:manage", adminOrService, "Write allocations of several consumers",
            "POST /allocations"),
        rule("placement:allocations:list", adminOrService, "List allocations", "GET /allocations/{consumer_uuid}"),
        rule("placement:allocations:update", adminOrService, "Update allocations", "PUT /allocations/{consumer_uuid}"),
        rule(
            "placement:allocations:delete", adminOrService, "Delete allocations", "DELETE /allocations/{consumer_uuid}"),
        rule(
            "placement:resource_providers:allocations:list", adminOrService, "List resource providers allocations",
            "GET /resource_providers/{uuid}/allocations"),
        rule(
            "placement:allocation_candidates:list", adminOrService, "List allocation candidates",
            "GET /allocation_candidates"),
        rule(
            "placement:reshaper:reshape", "rule:service_api", "Replace inventories and allocations together",
            "POST /reshaper"),
    ]

    private static func rule(
        _ name: String, _ check: String, _ description: String, _ operations: String...
    ) -> PolicyRule {
        PolicyRule(
            name, check, scopes: .project, description, operations: operations.map(PolicyRule.Operation.init))
    }
}
