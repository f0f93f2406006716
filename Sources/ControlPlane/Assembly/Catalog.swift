import Identity
import Model
import Settings

/// The services of this process as the catalog of the embedded identity names them.
enum Catalog {
    /// Makes the first users and the catalog, or mends what of it is missing.
    static func bootstrap(_ plane: ControlPlane, adminPassword: Secret, url: String) async throws {
        var plan = BootstrapPlan(adminPassword: adminPassword)
        plan.catalog = entries(plane.settings.services.enabled, url: url.hasSuffix("/") ? String(url.dropLast()) : url)
        _ = try await plane.identity.bootstrap(plan)
    }

    static func entries(_ enabled: Set<ServiceName>, url: String) -> [BootstrapPlan.CatalogEntry] {
        let all: [(ServiceName, BootstrapPlan.CatalogEntry)] = [
            (.identity, .init(type: "identity", name: "keystone", url: "\(url)/identity")),
            (.placement, .init(type: "placement", name: "placement", url: "\(url)/placement")),
            (.accelerator, .init(type: "accelerator", name: "cyborg", url: "\(url)/accelerator/v2")),
        ]
        return all.filter { enabled.contains($0.0) }.map(\.1)
    }
}
