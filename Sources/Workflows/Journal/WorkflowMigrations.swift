public import Store

/// The journal's tables.
public enum WorkflowMigrations {
    public static let all: [Migration] = [
        Migration(
            room: "workflows", number: 1, title: "the journal",
            statements: [
                """
                CREATE TABLE workflows (
                    id TEXT PRIMARY KEY, definition TEXT NOT NULL, subject TEXT, input TEXT NOT NULL,
                    state TEXT NOT NULL CHECK (state IN ('running', 'undoing', 'done', 'undone')),
                    position BIGINT NOT NULL, attempts BIGINT NOT NULL, wakes BIGINT NOT NULL,
                    due_at BIGINT NOT NULL, deadline_at BIGINT, failure TEXT,
                    owner TEXT, lease_until BIGINT NOT NULL, fence BIGINT NOT NULL,
                    created_at BIGINT NOT NULL, updated_at BIGINT NOT NULL)
                """,
                "CREATE INDEX workflows_due ON workflows (due_at) WHERE state IN ('running', 'undoing')",
                "CREATE INDEX workflows_ended ON workflows (updated_at) WHERE state IN ('done', 'undone')",
                "CREATE INDEX workflows_subject ON workflows (subject)",
                """
                CREATE TABLE workflow_steps (
                    workflow TEXT NOT NULL REFERENCES workflows (id), position BIGINT NOT NULL, name TEXT NOT NULL,
                    state TEXT NOT NULL CHECK (state IN ('done', 'failed', 'undone')), attempts BIGINT NOT NULL,
                    note TEXT, ended_at BIGINT NOT NULL, PRIMARY KEY (workflow, position))
                """,
                """
                CREATE TABLE workflow_signals (
                    workflow TEXT NOT NULL REFERENCES workflows (id), name TEXT NOT NULL, payload TEXT NOT NULL,
                    arrived_at BIGINT NOT NULL, PRIMARY KEY (workflow, name))
                """,
            ])
    ]
}
