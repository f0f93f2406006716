package import Store

/// The tables of secrets. What a secret is stands apart from what it holds, so that lists never touch a payload.
///
/// A payload is sealed with a key of its own, and that key with a master key, whose id stands beside it: changing master keys writes the
/// small wrapped keys anew and leaves payloads alone.
package enum KeyManagerMigrations {
    public static let all: [Migration] = [
        Migration(room: "key_manager", number: 1, title: "secrets and their sealed payloads", statements: secrets)
    ]

    private static let secrets = [
        """
        CREATE TABLE key_manager_secrets (
            id TEXT PRIMARY KEY, project TEXT NOT NULL, creator TEXT, name TEXT, type TEXT NOT NULL, algorithm TEXT,
            bit_length BIGINT, mode TEXT, expires_at BIGINT, created_at BIGINT NOT NULL, updated_at BIGINT NOT NULL)
        """,
        "CREATE INDEX key_manager_secrets_project ON key_manager_secrets (project, created_at, id)",
        """
        CREATE TABLE key_manager_payloads (
            secret TEXT PRIMARY KEY REFERENCES key_manager_secrets (id), content_type TEXT NOT NULL,
            master_key TEXT NOT NULL, wrapped_key BLOB NOT NULL, sealed BLOB NOT NULL)
        """,
        "CREATE INDEX key_manager_payloads_master_key ON key_manager_payloads (master_key)",
    ]
}
