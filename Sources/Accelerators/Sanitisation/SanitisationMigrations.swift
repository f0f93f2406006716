package import Store

/// The tables of sanitisation certificates. They refer to no other table: certificates outlive devices, handles and requests.
package enum SanitisationMigrations {
    public static let all: [Migration] = [
        Migration(
            room: "sanitisation", number: 1, title: "certificates, and where each host's end",
            statements: [
                "ALTER TABLE attach_handles ADD COLUMN tenant TEXT",
                """
                CREATE TABLE sanitisation_certificates (
                    uuid TEXT PRIMARY KEY, host TEXT NOT NULL, number BIGINT NOT NULL, device TEXT NOT NULL,
                    handle TEXT NOT NULL, result TEXT NOT NULL, issued_at BIGINT NOT NULL, statement TEXT NOT NULL,
                    hash TEXT NOT NULL, key_id TEXT NOT NULL, public_key TEXT NOT NULL, signature TEXT NOT NULL,
                    CHECK (result IN ('cleaned', 'failed', 'vouched')), UNIQUE (host, number))
                """,
                "CREATE INDEX sanitisation_certificates_handle ON sanitisation_certificates (handle, number)",
                "CREATE INDEX sanitisation_certificates_device ON sanitisation_certificates (device)",
                "CREATE INDEX sanitisation_certificates_order ON sanitisation_certificates (issued_at, host, number)",
                """
                CREATE TABLE sanitisation_chains (
                    host TEXT PRIMARY KEY, number BIGINT NOT NULL, hash TEXT NOT NULL, kept BIGINT, fork TEXT)
                """,
            ])
    ]
}
