public import Access
public import Settings
public import Store

/// Everything that belongs to one service, as its room declares it.
///
/// The control plane has a list of these. A service in the list has its tables, its keys in the configuration, its
/// policy, which the operator's file may change, and its entry in the catalog.
public struct ServiceRoom: Sendable {
    /// Its name, its section and its name in sentences.
    public let settings: ServiceSettings
    /// Every database has its tables, whichever services a replica offers.
    public let migrations: [Migration]
    public let policy: PolicyTable
    public let catalog: CatalogPlace

    public init(
        settings: ServiceSettings, migrations: [Migration], policy: PolicyTable, catalog: CatalogPlace
    ) {
        self.settings = settings
        self.migrations = migrations
        self.policy = policy
        self.catalog = catalog
    }

    public var name: ServiceName { settings.name }
}
