public import Store

/// The tables of the connection to agents: hosts, work items, certificates, enrolment tokens.
public enum FleetMigrations {
    public static let all = [
        Migration(
            room: "link", number: 1, title: "hosts, work items, certificates, enrolment tokens",
            statements: [
                """
                CREATE TABLE hosts (
                    name TEXT PRIMARY KEY,
                    revision BIGINT NOT NULL,
                    report_generation BIGINT NOT NULL,
                    reported_at BIGINT,
                    state TEXT NOT NULL,
                    state_since BIGINT NOT NULL,
                    proofs BIGINT NOT NULL,
                    proven_at BIGINT,
                    heard_at BIGINT,
                    applied_revision BIGINT NOT NULL,
                    agent_version TEXT NOT NULL,
                    created_at BIGINT NOT NULL,
                    CHECK (state IN ('unknown', 'up', 'down')))
                """,
                "CREATE INDEX hosts_by_state ON hosts (state, proven_at)",
                """
                CREATE TABLE work_items (
                    id TEXT PRIMARY KEY,
                    host TEXT NOT NULL,
                    state TEXT NOT NULL,
                    body TEXT NOT NULL,
                    reason TEXT,
                    created_at BIGINT NOT NULL,
                    ended_at BIGINT,
                    CHECK (state IN ('wanted', 'done', 'failed', 'withdrawn')))
                """,
                "CREATE INDEX work_items_wanted ON work_items (host, created_at) WHERE state = 'wanted'",
                "CREATE INDEX work_items_ended ON work_items (ended_at) WHERE state <> 'wanted'",
                """
                CREATE TABLE agent_certificates (
                    id TEXT PRIMARY KEY,
                    host TEXT NOT NULL,
                    not_before BIGINT NOT NULL,
                    not_after BIGINT NOT NULL,
                    issued_at BIGINT NOT NULL,
                    revoked_at BIGINT)
                """,
                "CREATE INDEX agent_certificates_by_host ON agent_certificates (host)",
                """
                CREATE TABLE enrolment_tokens (
                    digest TEXT PRIMARY KEY,
                    host TEXT NOT NULL,
                    created_at BIGINT NOT NULL,
                    expires_at BIGINT NOT NULL,
                    used_at BIGINT,
                    used_for_key TEXT)
                """,
                "CREATE TABLE link_keys (purpose TEXT PRIMARY KEY, secret BLOB NOT NULL)",
            ]),
        Migration(
            room: "link", number: 2, title: "which token a certificate was issued for",
            statements: [
                "ALTER TABLE agent_certificates ADD COLUMN token TEXT",
                "CREATE INDEX enrolment_tokens_by_host ON enrolment_tokens (host)",
                // Of tokens that were spent before, nobody knows whether their certificates were used.
                "DELETE FROM enrolment_tokens WHERE used_for_key IS NOT NULL",
            ]),
        Migration(
            room: "link", number: 3, title: "which work a host's agent knows",
            statements: ["ALTER TABLE hosts ADD COLUMN kinds TEXT"]),
    ]
}
