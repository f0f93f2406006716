public import Store

/// The journal's tables.
public enum WorkflowMigrations {
    public static let all: [Migration] = [journal, longWork]

    private static let journal = Migration(
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

    private static let longWork = Migration(
        room: "workflows", number: 2, title: "locks, cancelling, pivots, waiting signals, outputs and times of steps",
        statements: [
            "ALTER TABLE workflows ADD COLUMN lock_class TEXT",
            "ALTER TABLE workflows ADD COLUMN cancel_reason TEXT",
            "ALTER TABLE workflows ADD COLUMN pivot TEXT",
            "ALTER TABLE workflows ADD COLUMN step TEXT",
            "ALTER TABLE workflows ADD COLUMN step_began_at BIGINT",
            "ALTER TABLE workflows ADD COLUMN step_window_at BIGINT",
            "ALTER TABLE workflows ADD COLUMN trouble TEXT",
            "ALTER TABLE workflows ADD COLUMN behalf_user TEXT",
            "ALTER TABLE workflows ADD COLUMN behalf_project TEXT",
            "ALTER TABLE workflows ADD COLUMN behalf_request TEXT",
            """
            CREATE UNIQUE INDEX workflows_lock ON workflows (subject, lock_class)
            WHERE state IN ('running', 'undoing') AND lock_class IS NOT NULL
            """,
            "ALTER TABLE workflow_steps ADD COLUMN output TEXT",
            "ALTER TABLE workflow_steps ADD COLUMN began_at BIGINT",
            "ALTER TABLE workflow_steps ADD COLUMN undo_began_at BIGINT",
            "ALTER TABLE workflow_steps ADD COLUMN undo_ended_at BIGINT",
            "ALTER TABLE workflow_steps ADD COLUMN undo_attempts BIGINT",
            "ALTER TABLE workflow_steps ADD COLUMN undo_note TEXT",
            """
            CREATE TABLE workflow_inbox (
                number IDENTITY, workflow TEXT, subject TEXT, lock_class TEXT, name TEXT NOT NULL,
                payload TEXT NOT NULL, arrived_at BIGINT NOT NULL)
            """,
            "CREATE INDEX workflow_inbox_workflow ON workflow_inbox (workflow, name) WHERE workflow IS NOT NULL",
            "CREATE INDEX workflow_inbox_subject ON workflow_inbox (subject, lock_class) WHERE subject IS NOT NULL",
            "CREATE INDEX workflow_inbox_arrived ON workflow_inbox (arrived_at)",
        ])
}
