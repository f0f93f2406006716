public import Store

/// The table of idempotency keys, which all services share.
public enum CreationMigrations {
    public static let all: [Migration] = [
        Migration(
            room: "conventions", number: 1, title: "idempotency keys and the responses that they stand for",
            statements: [
                """
                CREATE TABLE idempotency_keys (
                    service TEXT NOT NULL, owner TEXT NOT NULL, key TEXT NOT NULL, digest TEXT NOT NULL,
                    status BIGINT, headers TEXT, body BLOB, created_at BIGINT NOT NULL,
                    PRIMARY KEY (service, owner, key))
                """,
                "CREATE INDEX idempotency_keys_age ON idempotency_keys (created_at)",
            ])
    ]
}
