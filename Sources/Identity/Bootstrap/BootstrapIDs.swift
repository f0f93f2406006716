import Model

/// Ids for everything that a plan may create. Those of existing objects are not used.
struct BootstrapIDs: Sendable {
    let roles: [String: RoleID]
    let projects: [String: ProjectID]
    let users: [String: UserID]
    let catalog: [CatalogIDs]

    init(_ plan: BootstrapPlan, _ ids: IDSource) {
        roles = Dictionary(Bootstrap.roles.map { ($0, ids.nextName()) }) { first, _ in first }
        projects = Dictionary(
            ([plan.adminProject, "service"] + plan.members.map(\.project)).map { ($0, ids.nextName()) }
        ) { first, _ in first }
        let names = [plan.adminName] + plan.serviceUsers.map(\.name) + plan.members.map(\.account.name)
        users = Dictionary(names.map { ($0, ids.nextName()) }) { first, _ in first }
        catalog = plan.catalog.map { _ in CatalogIDs(ids) }
    }
}

/// Ids for a service of the catalog and its endpoints.
struct CatalogIDs: Sendable {
    let service: CatalogServiceID
    let endpoints: [CatalogEndpointID]

    init(_ ids: IDSource) {
        service = ids.nextName()
        endpoints = CatalogSeed.interfaces.map { _ in ids.nextName() }
    }
}
