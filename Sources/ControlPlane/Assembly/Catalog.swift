import Identity
import Logging
import Model
import Services
import Settings

/// The catalog entries of this process's services in the embedded identity service.
enum Catalog {
    /// Creates the first users and the catalog, or what is missing of them.
    ///
    /// Returns what was created and what was kept, one line each.
    static func bootstrap(_ plane: ControlPlane, adminPassword: Secret, url: String) async throws -> [String] {
        var plan = BootstrapPlan(adminPassword: adminPassword)
        let base = url.hasSuffix("/") ? String(url.dropLast()) : url
        plan.catalog = entries(plane.settings.services.enabled, of: plane.rooms, url: base)
        let name = plan.adminName
        let done = try await plane.identity.bootstrap(plan)
        var lines = ["user \(name) (\(done.admin)): made with the password of the file"]
        if !done.setsAdminPassword {
            lines = [
                done.adminHasThisPassword
                    ? "user \(name) (\(done.admin)): was there, with the password of the file"
                    : "user \(name) (\(done.admin)): was there and keeps its own password, which is not that of the file; "
                        + "'kilonova account reset-password \(name)' gives it another"
            ]
            if !done.adminIsEnabled {
                lines.append("user \(name) is disabled; 'kilonova account reset-password \(name)' enables it")
            }
        }
        lines.append("roles, projects and grants: missing ones created, existing ones kept")
        lines.append("catalog: URLs begin with \(url)")
        return lines
    }

    /// Logs a warning if nobody can sign in because there are no users.
    static func warnWhereEmpty(_ plane: ControlPlane, _ logger: Logger) async throws {
        guard plane.settings.auth.strategy == .embedded, plane.settings.services.enabled.contains(.identity),
            try await !plane.identity.hasUsers()
        else { return }
        logger.warning(
            """
            the identity service has no users, so nobody can sign in: run 'kilonova bootstrap' with this configuration
            """)
    }

    static func entries(
        _ enabled: Set<ServiceName>, of services: [ServiceRoom], url: String
    ) -> [BootstrapPlan.CatalogEntry] {
        services.filter { enabled.contains($0.name) }.map(\.catalog).map { place in
            .init(type: place.type, name: place.name, url: url + place.path)
        }
    }
}
