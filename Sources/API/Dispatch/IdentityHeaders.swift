import HTTPTypes

/// The headers with which a validating proxy would identify the caller. This program ignores them in requests from
/// outside.
enum IdentityHeaders {
    private static let exact: Set<String> = [
        "x-identity-status", "x-role", "x-roles", "x-user", "x-tenant", "x-is-admin-project", "x-service-catalog",
        "openstack-system-scope", "x-service-roles", "x-service-identity-status",
    ]
    private static let prefixes = [
        "x-user-", "x-project-", "x-domain-", "x-tenant-", "x-service-user-", "x-service-project-", "x-service-domain-",
    ]

    static func strip(_ headers: inout HTTPFields) {
        guard headers.contains(where: { isIdentity($0.name.canonicalName) }) else { return }
        headers = HTTPFields(headers.filter { !isIdentity($0.name.canonicalName) })
    }

    private static func isIdentity(_ name: String) -> Bool {
        guard name.hasPrefix("x-") || name.hasPrefix("openstack-s") else { return false }
        return exact.contains(name) || prefixes.contains { name.hasPrefix($0) }
    }
}
