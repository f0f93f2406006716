public import Store

/// The tables of providers, inventories, traits, aggregates, consumers and allocations.
///
/// `used` of an inventory is the sum of its allocations, kept by the transactions that write them, so that a claim is one
/// compare-and-swap. `revision` of a provider grows with every change, also with those that leave its generation alone;
/// it begins at the moment of creation, so that a provider made anew under an old id is newer than what it replaces.
///
/// Standard resource classes and traits are data of this program, not rows.
public enum PlacementMigrations {
    public static let all: [Migration] = [
        Migration(
            room: "placement", number: 1, title: "providers, inventories and allocations",
            statements: vocabulary + providers + links + claims),
        Migration(
            room: "placement", number: 2, title: "lists of providers page by page",
            statements: ["CREATE INDEX resource_providers_created ON resource_providers (created_at, uuid)"]),
        Migration(
            room: "placement", number: 3, title: "lists of a provider's allocations page by page",
            statements: [
                "CREATE INDEX allocations_holders ON allocations (provider, consumer)",
                "DROP INDEX allocations_provider",
            ]),
    ]

    private static let vocabulary = [
        "CREATE TABLE custom_resource_classes (name TEXT PRIMARY KEY, created_at BIGINT NOT NULL)",
        "CREATE TABLE custom_traits (name TEXT PRIMARY KEY, created_at BIGINT NOT NULL)",
    ]

    private static let providers = [
        """
        CREATE TABLE resource_providers (
            uuid TEXT PRIMARY KEY, name TEXT NOT NULL UNIQUE, generation BIGINT NOT NULL, revision BIGINT NOT NULL,
            parent TEXT REFERENCES resource_providers (uuid), root TEXT NOT NULL,
            created_at BIGINT NOT NULL, updated_at BIGINT NOT NULL)
        """,
        "CREATE INDEX resource_providers_root ON resource_providers (root)",
        "CREATE INDEX resource_providers_parent ON resource_providers (parent)",
        """
        CREATE TABLE inventories (
            provider TEXT NOT NULL REFERENCES resource_providers (uuid), resource_class TEXT NOT NULL,
            total BIGINT NOT NULL, reserved BIGINT NOT NULL, min_unit BIGINT NOT NULL, max_unit BIGINT NOT NULL,
            step_size BIGINT NOT NULL, allocation_ratio DOUBLE PRECISION NOT NULL,
            used BIGINT NOT NULL CHECK (used >= 0),
            created_at BIGINT NOT NULL, updated_at BIGINT NOT NULL, PRIMARY KEY (provider, resource_class))
        """,
        "CREATE INDEX inventories_class ON inventories (resource_class)",
    ]

    private static let links = [
        """
        CREATE TABLE provider_traits (
            provider TEXT NOT NULL REFERENCES resource_providers (uuid), trait TEXT NOT NULL,
            PRIMARY KEY (provider, trait))
        """,
        "CREATE INDEX provider_traits_trait ON provider_traits (trait)",
        """
        CREATE TABLE provider_aggregates (
            provider TEXT NOT NULL REFERENCES resource_providers (uuid), aggregate TEXT NOT NULL,
            PRIMARY KEY (provider, aggregate))
        """,
        "CREATE INDEX provider_aggregates_aggregate ON provider_aggregates (aggregate)",
    ]

    private static let claims = [
        """
        CREATE TABLE consumers (
            uuid TEXT PRIMARY KEY, project TEXT NOT NULL, owner TEXT NOT NULL, type TEXT, generation BIGINT NOT NULL,
            created_at BIGINT NOT NULL, updated_at BIGINT NOT NULL)
        """,
        "CREATE INDEX consumers_project ON consumers (project, owner)",
        """
        CREATE TABLE allocations (
            consumer TEXT NOT NULL REFERENCES consumers (uuid), provider TEXT NOT NULL, resource_class TEXT NOT NULL,
            used BIGINT NOT NULL CHECK (used > 0), created_at BIGINT NOT NULL,
            PRIMARY KEY (consumer, provider, resource_class),
            FOREIGN KEY (provider, resource_class) REFERENCES inventories (provider, resource_class))
        """,
        "CREATE INDEX allocations_provider ON allocations (provider, resource_class)",
    ]
}
