import Store

/// The tables of definitions of metadata: namespaces, what they hold, and the types of resources that they are for.
enum DefinitionMigrations {
    static let all: [Migration] = [
        Migration(room: "definitions", number: 1, title: "definitions of metadata", statements: tables + types)
    ]

    private static let tables = [
        """
        CREATE TABLE definition_namespaces (
            name TEXT PRIMARY KEY, owner TEXT, visibility TEXT NOT NULL,
            is_protected BIGINT NOT NULL CHECK (is_protected IN (0, 1)), display_name TEXT, description TEXT,
            created_at BIGINT NOT NULL, updated_at BIGINT NOT NULL)
        """,
        "CREATE INDEX definition_namespaces_order ON definition_namespaces (created_at, name)",
        """
        CREATE TABLE definition_items (
            namespace TEXT NOT NULL REFERENCES definition_namespaces (name), kind TEXT NOT NULL, name TEXT NOT NULL,
            document TEXT NOT NULL, created_at BIGINT NOT NULL, updated_at BIGINT NOT NULL,
            PRIMARY KEY (namespace, kind, name))
        """,
        "CREATE TABLE definition_types (name TEXT PRIMARY KEY, created_at BIGINT, updated_at BIGINT)",
        """
        CREATE TABLE definition_associations (
            namespace TEXT NOT NULL REFERENCES definition_namespaces (name),
            type TEXT NOT NULL REFERENCES definition_types (name), prefix TEXT, target TEXT,
            created_at BIGINT NOT NULL, updated_at BIGINT NOT NULL, PRIMARY KEY (namespace, type))
        """,
        "CREATE INDEX definition_associations_type ON definition_associations (type)",
    ]

    /// Those that OpenStack's services have.
    private static let types = [
        """
        INSERT INTO definition_types (name) VALUES ('OS::Glance::Image'), ('OS::Cinder::Volume'),
            ('OS::Nova::Flavor'), ('OS::Nova::Aggregate'), ('OS::Nova::Server'), ('OS::Trove::Instance')
        """
    ]
}
