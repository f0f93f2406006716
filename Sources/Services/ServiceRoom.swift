public import Access
public import Settings
public import Store

/// Everything that belongs to one service, as its room declares it.
///
/// The control plane has a list of these, and nothing else of a service. A service in the list has its tables, its keys
/// in the configuration, its policy, which the operator's file may change, its entry in the catalog, and its APIs on the
/// listener.
public struct ServiceRoom: Sendable {
    /// Its name, its section and its name in sentences.
    public let settings: ServiceSettings
    /// Every database has its tables, whichever services a replica offers.
    public let migrations: [Migration]
    public let policy: PolicyTable
    public let catalog: CatalogPlace
    /// What is registered for its resources where the operator registers limits; empty for a service without limits.
    public let limits: [RegisteredLimit]
    /// Builds the service, whether or not it is enabled. Errors that only files and addresses can show are thrown as
    /// 400.
    public let open: @Sendable (_ surroundings: ServiceSurroundings) async throws -> HostedService

    public init(
        settings: ServiceSettings, migrations: [Migration], policy: PolicyTable, catalog: CatalogPlace,
        limits: [RegisteredLimit] = [],
        open: @escaping @Sendable (_ surroundings: ServiceSurroundings) async throws -> HostedService
    ) {
        self.settings = settings
        self.migrations = migrations
        self.policy = policy
        self.catalog = catalog
        self.limits = limits
        self.open = open
    }

    public var name: ServiceName { settings.name }
}
