package import Store

/// The tables of devices, profiles and accelerator requests.
///
/// Devices and deployables have a number besides their id, because the wire shows it (`device_id`, `deployable_id`).
package enum AcceleratorMigrations {
    public static let all: [Migration] = [
        Migration(
            room: "accelerators", number: 1, title: "devices, profiles and requests",
            statements: hosts + devices + profiles + requests),
        Migration(room: "accelerators", number: 2, title: "operators' wishes, and orders of pages", statements: wishes),
        Migration(room: "accelerators", number: 3, title: "events, and capacity withheld", statements: records),
        Migration(
            room: "accelerators", number: 4, title: "conditions of hosts",
            statements: ["ALTER TABLE accelerator_hosts ADD COLUMN conditions TEXT NOT NULL DEFAULT '[]'"]),
        Migration(room: "accelerators", number: 5, title: "owners of instances", statements: owners),
        Migration(
            room: "accelerators", number: 6, title: "providers that took others' places",
            statements: [
                """
                CREATE TABLE provider_successions (
                    former TEXT NOT NULL, provider TEXT NOT NULL, at BIGINT NOT NULL, PRIMARY KEY (former, provider))
                """,
                "CREATE INDEX provider_successions_age ON provider_successions (at)",
            ]),
        Migration(
            room: "accelerators", number: 7, title: "several resource classes of one provider", statements: [],
            sqlite: rebuiltDeployables,
            postgresql: [
                "ALTER TABLE deployables DROP CONSTRAINT deployables_resource_provider_key",
                "CREATE UNIQUE INDEX deployables_provider ON deployables (resource_provider, resource_class)",
            ]),
        Migration(
            room: "accelerators", number: 8, title: "what the service finds about hosts, and why binds failed",
            statements: findings),
        Migration(
            room: "accelerators", number: 9, title: "images that are loaded onto devices", statements: programmings),
    ]

    private static let programmings = [
        """
        CREATE TABLE programmings (
            uuid TEXT PRIMARY KEY, deployable TEXT NOT NULL, device TEXT NOT NULL, host TEXT NOT NULL,
            image TEXT NOT NULL, state TEXT NOT NULL, reason TEXT, logic TEXT, work TEXT, binding TEXT,
            created_at BIGINT NOT NULL, updated_at BIGINT, ended_at BIGINT)
        """,
        "CREATE INDEX programmings_open ON programmings (device) WHERE ended_at IS NULL",
        "CREATE INDEX programmings_deployable ON programmings (deployable, created_at)",
        "CREATE INDEX programmings_work ON programmings (work) WHERE work IS NOT NULL",
        "CREATE INDEX programmings_binding ON programmings (binding) WHERE binding IS NOT NULL",
        "CREATE INDEX programmings_age ON programmings (ended_at)",
    ]

    private static let findings = [
        """
        CREATE TABLE host_findings (
            host TEXT NOT NULL, kind TEXT NOT NULL, subject TEXT NOT NULL, source TEXT NOT NULL, reason TEXT NOT NULL,
            occurrences BIGINT NOT NULL, since BIGINT NOT NULL, seen_at BIGINT NOT NULL,
            PRIMARY KEY (host, kind, subject, source))
        """,
        "CREATE INDEX host_findings_source ON host_findings (source, kind)",
        "ALTER TABLE accelerator_requests ADD COLUMN reason TEXT",
    ]

    /// SQLite cannot drop a constraint. What refers to deployables is checked when the transaction ends, with the same rows there.
    private static let rebuiltDeployables: [String] = {
        let columns = """
            number, uuid, device, name, resource_provider, resource_class, accelerators, traits, driver, bitstream,
            is_present, created_at, updated_at, status
            """
        let kept = """
            number BIGINT, uuid TEXT, device TEXT, name TEXT, resource_provider TEXT, resource_class TEXT,
            accelerators BIGINT, traits TEXT, driver TEXT, bitstream TEXT, is_present BIGINT, created_at BIGINT,
            updated_at BIGINT, status TEXT
            """
        return [
            "PRAGMA defer_foreign_keys = ON",
            "CREATE TABLE deployables_kept (\(kept))",
            "INSERT INTO deployables_kept (\(columns)) SELECT \(columns) FROM deployables",
            "DROP TABLE deployables",
            """
            CREATE TABLE deployables (
                number IDENTITY, uuid TEXT NOT NULL UNIQUE, device TEXT NOT NULL REFERENCES devices (uuid),
                name TEXT NOT NULL, resource_provider TEXT NOT NULL, resource_class TEXT NOT NULL,
                accelerators BIGINT NOT NULL, traits TEXT NOT NULL, driver TEXT NOT NULL, bitstream TEXT,
                is_present BIGINT NOT NULL CHECK (is_present IN (0, 1)),
                created_at BIGINT NOT NULL, updated_at BIGINT, status TEXT NOT NULL DEFAULT 'enabled',
                UNIQUE (resource_provider, resource_class))
            """,
            "INSERT INTO deployables (\(columns)) SELECT \(columns) FROM deployables_kept",
            "DROP TABLE deployables_kept",
            "CREATE INDEX deployables_device ON deployables (device)",
        ]
    }()

    private static let owners = [
        "CREATE TABLE instance_owners (instance TEXT PRIMARY KEY, project TEXT NOT NULL, at BIGINT NOT NULL)",
        "CREATE INDEX instance_owners_age ON instance_owners (at)",
        """
        INSERT INTO instance_owners (instance, project, at)
        SELECT instance, MIN(project), MAX(created_at) FROM accelerator_requests WHERE instance IS NOT NULL
        GROUP BY instance
        """,
    ]

    private static let records = [
        """
        CREATE TABLE accelerator_events (
            id TEXT PRIMARY KEY, at BIGINT NOT NULL, action TEXT NOT NULL, actor_user TEXT, actor_project TEXT,
            actor_service TEXT, call TEXT, owner TEXT, request TEXT, instance TEXT, handle TEXT, device TEXT, host TEXT,
            detail TEXT)
        """,
        "CREATE INDEX accelerator_events_order ON accelerator_events (at, id)",
        "CREATE INDEX accelerator_events_request ON accelerator_events (request) WHERE request IS NOT NULL",
        """
        CREATE TABLE withheld_capacity (
            provider TEXT NOT NULL, resource_class TEXT NOT NULL, host TEXT NOT NULL, reserved BIGINT NOT NULL,
            PRIMARY KEY (provider, resource_class))
        """,
        "CREATE INDEX withheld_capacity_host ON withheld_capacity (host)",
    ]

    private static let wishes = [
        "ALTER TABLE deployables ADD COLUMN status TEXT NOT NULL DEFAULT 'enabled'",
        "ALTER TABLE accelerator_hosts ADD COLUMN status TEXT NOT NULL DEFAULT 'enabled'",
        "ALTER TABLE accelerator_hosts ADD COLUMN disabled_reason TEXT",
        "CREATE INDEX accelerator_requests_order ON accelerator_requests (created_at, position, uuid)",
        "CREATE INDEX attach_handles_order ON attach_handles (created_at, uuid)",
        "CREATE INDEX device_profiles_order ON device_profiles (created_at, uuid)",
    ]

    private static let hosts = [
        """
        CREATE TABLE accelerator_hosts (
            host TEXT PRIMARY KEY, generation BIGINT NOT NULL, drivers TEXT NOT NULL, reported_at BIGINT NOT NULL)
        """
    ]

    private static let devices = [
        """
        CREATE TABLE devices (
            number IDENTITY, uuid TEXT NOT NULL UNIQUE, host TEXT NOT NULL, driver TEXT NOT NULL,
            control_path TEXT NOT NULL, type TEXT NOT NULL, vendor TEXT NOT NULL, model TEXT NOT NULL,
            standard_board_info TEXT, vendor_board_info TEXT, facts TEXT NOT NULL,
            status TEXT NOT NULL CHECK (status IN ('enabled', 'maintaining')),
            presence TEXT NOT NULL CHECK (presence IN ('present', 'missing')),
            created_at BIGINT NOT NULL, updated_at BIGINT, UNIQUE (host, driver, control_path))
        """,
        """
        CREATE TABLE deployables (
            number IDENTITY, uuid TEXT NOT NULL UNIQUE, device TEXT NOT NULL REFERENCES devices (uuid),
            name TEXT NOT NULL, resource_provider TEXT NOT NULL UNIQUE, resource_class TEXT NOT NULL,
            accelerators BIGINT NOT NULL, traits TEXT NOT NULL, driver TEXT NOT NULL, bitstream TEXT,
            is_present BIGINT NOT NULL CHECK (is_present IN (0, 1)),
            created_at BIGINT NOT NULL, updated_at BIGINT)
        """,
        "CREATE INDEX deployables_device ON deployables (device)",
        """
        CREATE TABLE attributes (
            uuid TEXT PRIMARY KEY, deployable TEXT NOT NULL REFERENCES deployables (uuid), position BIGINT NOT NULL,
            key TEXT NOT NULL, value TEXT NOT NULL, is_reported BIGINT NOT NULL CHECK (is_reported IN (0, 1)),
            created_at BIGINT NOT NULL, updated_at BIGINT)
        """,
        "CREATE INDEX attributes_deployable ON attributes (deployable)",
        """
        CREATE TABLE attach_handles (
            uuid TEXT PRIMARY KEY, deployable TEXT NOT NULL REFERENCES deployables (uuid), position BIGINT NOT NULL,
            type TEXT NOT NULL, info TEXT NOT NULL,
            needs_preparation BIGINT NOT NULL CHECK (needs_preparation IN (0, 1)),
            needs_cleaning BIGINT NOT NULL CHECK (needs_cleaning IN (0, 1)),
            is_present BIGINT NOT NULL CHECK (is_present IN (0, 1)),
            state TEXT NOT NULL
                CHECK (state IN ('available', 'preparing', 'held', 'withdrawing', 'cleaning', 'error')),
            reason TEXT, work TEXT, generation BIGINT NOT NULL, created_at BIGINT NOT NULL, updated_at BIGINT,
            UNIQUE (deployable, info))
        """,
        "CREATE INDEX attach_handles_state ON attach_handles (deployable, state, position)",
    ]

    private static let profiles = [
        """
        CREATE TABLE device_profiles (
            uuid TEXT PRIMARY KEY, name TEXT NOT NULL UNIQUE, groups TEXT NOT NULL, description TEXT,
            created_at BIGINT NOT NULL, updated_at BIGINT)
        """
    ]

    private static let requests = [
        """
        CREATE TABLE accelerator_requests (
            uuid TEXT PRIMARY KEY, position BIGINT NOT NULL, project TEXT NOT NULL,
            state TEXT NOT NULL CHECK (state IN ('Initial', 'BindStarted', 'Bound', 'BindFailed', 'Unbound')),
            profile TEXT NOT NULL REFERENCES device_profiles (uuid), profile_group BIGINT NOT NULL,
            resource_class TEXT NOT NULL, host TEXT, resource_provider TEXT, instance TEXT,
            handle TEXT UNIQUE REFERENCES attach_handles (uuid), binding TEXT, generation BIGINT NOT NULL,
            created_at BIGINT NOT NULL, updated_at BIGINT)
        """,
        "CREATE INDEX accelerator_requests_instance ON accelerator_requests (instance)",
        "CREATE INDEX accelerator_requests_project ON accelerator_requests (project, state)",
        "CREATE INDEX accelerator_requests_profile ON accelerator_requests (profile)",
        "CREATE INDEX accelerator_requests_binding ON accelerator_requests (binding)",
    ]
}
