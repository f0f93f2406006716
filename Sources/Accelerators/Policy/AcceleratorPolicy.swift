package import Access

/// The rules of the accelerator service with upstream's names and new defaults.
///
/// The legacy checks are what upstream also admits while `enforce_new_defaults` is false, with one difference: devices,
/// deployables and attributes are not open to every project then. The new defaults also apply.
package enum AcceleratorPolicy {
    public static let rules: [PolicyRule] = base + calls + additions

    private static let base: [PolicyRule] = [
        PolicyRule("admin_api", "role:admin"),
        PolicyRule("project_admin_api", "role:admin and project_id:%(project_id)s"),
        PolicyRule("project_member_api", "role:member and project_id:%(project_id)s"),
        PolicyRule("project_reader_api", "role:reader and project_id:%(project_id)s"),
        PolicyRule("project_member_or_admin", "rule:project_member_api or rule:admin_api"),
        PolicyRule("project_reader_or_admin", "rule:project_reader_api or rule:admin_api"),
        PolicyRule("service_api", "role:service"),
        PolicyRule("project_manager_api", "role:manager and project_id:%(project_id)s"),
        PolicyRule("project_manager_or_admin", "rule:project_manager_api or rule:admin_api"),
        PolicyRule("project_member_or_service", "rule:project_member_api or rule:service_api"),
        PolicyRule("public_api", "is_public_api:True"),
        PolicyRule("allow", "@"),
        PolicyRule("deny", "!"),
        PolicyRule("default", "rule:admin_or_owner"),
        PolicyRule("is_admin", "rule:admin_api"),
        PolicyRule("admin_or_owner", "is_admin:True or project_id:%(project_id)s"),
        PolicyRule("admin_or_user", "is_admin:True or user_id:%(user_id)s"),
    ]

    private static let calls: [PolicyRule] = [
        rule(
            "cyborg:device_profile:get_all", "rule:project_reader_or_admin", "List device profiles",
            "GET /v2/device_profiles", legacy: "rule:admin_or_owner"),
        rule(
            "cyborg:device_profile:get_one", "rule:project_reader_or_admin", "Show one device profile",
            "GET /v2/device_profiles/{device_profiles_uuid}", legacy: "rule:admin_or_owner"),
        rule(
            "cyborg:device_profile:create", "rule:admin_api", "Create device profiles", "POST /v2/device_profiles",
            legacy: "rule:is_admin"),
        rule(
            "cyborg:device_profile:delete", "rule:admin_api", "Delete device profiles",
            "DELETE /v2/device_profiles/{device_profiles_uuid}",
            "DELETE /v2/device_profiles?value={device_profile_name1}", legacy: "rule:is_admin"),
        rule(
            "cyborg:arq:get_all", "rule:project_reader_or_admin", "List accelerator requests",
            "GET /v2/accelerator_requests", legacy: "rule:admin_or_owner"),
        rule(
            "cyborg:arq:get_one", "rule:project_reader_or_admin", "Show one accelerator request",
            "GET /v2/accelerator_requests/{arqs_uuid}", legacy: "rule:admin_or_owner"),
        rule(
            "cyborg:arq:create", "rule:project_member_or_service", "Create accelerator requests",
            "POST /v2/accelerator_requests", legacy: "rule:admin_or_owner"),
        rule(
            "cyborg:arq:delete", "rule:project_member_or_service", "Delete accelerator requests",
            "DELETE /v2/accelerator_requests", legacy: "rule:admin_or_owner"),
        rule(
            "cyborg:arq:update", "rule:project_member_or_service", "Bind and unbind accelerator requests",
            "PATCH /v2/accelerator_requests", legacy: "rule:admin_or_owner"),
        rule(
            "cyborg:deployable:get_all", "rule:project_manager_or_admin", "List deployables", "GET /v2/deployables",
            legacy: "rule:admin_api"),
        rule(
            "cyborg:deployable:get_one", "rule:project_manager_or_admin", "Show one deployable",
            "GET /v2/deployables/{uuid}", legacy: "rule:admin_api"),
        rule(
            "cyborg:deployable:program", "rule:admin_api", "Program a deployable",
            "PATCH /v2/deployables/{uuid}/program"),
        rule(
            "cyborg:device:get_all", "rule:project_manager_or_admin", "List devices", "GET /v2/devices",
            legacy: "rule:admin_api"),
        rule(
            "cyborg:device:get_one", "rule:project_manager_or_admin", "Show one device", "GET /v2/devices/{uuid}",
            legacy: "rule:admin_api"),
        rule(
            "cyborg:device:disable", "rule:admin_api", "Take a device out of service", "POST /v2/devices/{uuid}/disable"
        ),
        rule(
            "cyborg:device:enable", "rule:admin_api", "Put a device into service again",
            "POST /v2/devices/{uuid}/enable"),
        rule(
            "cyborg:attribute:get_all", "rule:project_manager_or_admin", "List attributes", "GET /v2/attributes",
            legacy: "rule:admin_api"),
        rule(
            "cyborg:attribute:get_one", "rule:project_manager_or_admin", "Show one attribute",
            "GET /v2/attributes/{uuid}", legacy: "rule:admin_api"),
        rule("cyborg:attribute:create", "rule:admin_api", "Create attributes", "POST /v2/attributes"),
        rule("cyborg:attribute:delete", "rule:admin_api", "Delete attributes", "DELETE /v2/attributes/{uuid}"),
    ]

    /// Rules of endpoints that upstream does not have; from 2.4 and 2.5.
    private static let additions: [PolicyRule] = [
        rule(
            "cyborg:deployable:disable", "rule:admin_api", "Take a deployable out of service",
            "POST /v2/deployables/{uuid}/disable"),
        rule(
            "cyborg:deployable:enable", "rule:admin_api", "Put a deployable into service again",
            "POST /v2/deployables/{uuid}/enable"),
        rule(
            "cyborg:attach_handle:get_all", "rule:project_manager_or_admin", "List attach handles",
            "GET /v2/attach_handles", legacy: "rule:admin_api"),
        rule(
            "cyborg:attach_handle:get_one", "rule:project_manager_or_admin", "Show one attach handle",
            "GET /v2/attach_handles/{uuid}", legacy: "rule:admin_api"),
        rule(
            "cyborg:attach_handle:retry", "rule:admin_api", "Have a quarantined attach handle cleaned again",
            "POST /v2/attach_handles/{uuid}/retry"),
        rule(
            "cyborg:attach_handle:release", "rule:admin_api", "Vouch for a quarantined attach handle",
            "POST /v2/attach_handles/{uuid}/release"),
        rule(
            "cyborg:host:get_all", "rule:project_manager_or_admin", "List hosts", "GET /v2/hosts",
            legacy: "rule:admin_api"),
        rule(
            "cyborg:host:get_one", "rule:project_manager_or_admin", "Show one host", "GET /v2/hosts/{host}",
            legacy: "rule:admin_api"),
        rule("cyborg:host:disable", "rule:admin_api", "Take a host out of service", "POST /v2/hosts/{host}/disable"),
        rule("cyborg:host:enable", "rule:admin_api", "Put a host into service again", "POST /v2/hosts/{host}/enable"),
        rule("cyborg:host:delete", "rule:admin_api", "Remove a host that has left", "DELETE /v2/hosts/{host}"),
        rule(
            "cyborg:driver:get_all", "rule:project_manager_or_admin", "List drivers", "GET /v2/drivers",
            legacy: "rule:admin_api"),
        rule(
            "cyborg:certificate:get_all", "rule:admin_api", "List sanitisation certificates",
            "GET /v2/sanitisation_certificates"),
        rule(
            "cyborg:certificate:get_one", "rule:admin_api", "Show a sanitisation certificate",
            "GET /v2/sanitisation_certificates/{uuid}"),
        rule(
            "cyborg:certificate:get_keys", "rule:project_reader_or_admin",
            "Show the keys that sanitisation certificates are signed with", "GET /v2/sanitisation_keys",
            legacy: "rule:admin_or_owner"),
        rule("cyborg:event:get_all", "rule:admin_api", "List changes of state and who made them", "GET /v2/events"),
        rule(
            "cyborg:limit:get_all", "rule:project_reader_or_admin", "Show limits and usage", "GET /v2/limits",
            legacy: "rule:admin_or_owner"),
    ]

    private static func rule(
        _ name: String, _ check: String, _ description: String, _ operations: String..., legacy: String? = nil
    ) -> PolicyRule {
        PolicyRule(
            name, check, scopes: .project, description, operations: operations.map(PolicyRule.Operation.init),
            legacyCheck: legacy)
    }
}
