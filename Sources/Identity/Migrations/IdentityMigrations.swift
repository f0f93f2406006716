public import Store

/// The schema of the Identity service. A domain is a project that acts as a domain, as in the API.
public enum IdentityMigrations {
    public static let all: [Migration] = [
        Migration(
            room: "identity", number: 1, title: "users, projects, roles, grants and the catalog",
            statements: actors + roles + catalog),
        Migration(
            room: "identity", number: 2, title: "tokens' revocations, application credentials and limits",
            statements: proofs + limits),
        Migration(
            room: "identity", number: 3, title: "what sign-ins came to, for each account and source",
            statements: signIns),
    ]

    private static let actors = [
        """
        CREATE TABLE identity_projects (
            id TEXT PRIMARY KEY, domain_id TEXT REFERENCES identity_projects (id), parent_id TEXT,
            path TEXT NOT NULL, name TEXT NOT NULL, description TEXT NOT NULL, enabled BIGINT NOT NULL,
            is_domain BIGINT NOT NULL, tags TEXT NOT NULL, options TEXT NOT NULL, extra TEXT NOT NULL)
        """,
        "CREATE UNIQUE INDEX identity_projects_name ON identity_projects (domain_id, name) WHERE is_domain = 0",
        "CREATE UNIQUE INDEX identity_domains_name ON identity_projects (name) WHERE is_domain = 1",
        "CREATE INDEX identity_projects_parent ON identity_projects (parent_id)",
        """
        CREATE TABLE identity_users (
            id TEXT PRIMARY KEY, domain_id TEXT NOT NULL REFERENCES identity_projects (id), name TEXT NOT NULL,
            enabled BIGINT NOT NULL, default_project_id TEXT, options TEXT NOT NULL, extra TEXT NOT NULL,
            password_hash TEXT, password_created_at BIGINT, password_expires_at BIGINT,
            failed_count BIGINT NOT NULL DEFAULT 0, failed_at BIGINT, created_at BIGINT NOT NULL,
            UNIQUE (domain_id, name))
        """,
        """
        CREATE TABLE identity_password_history (
            user_id TEXT NOT NULL REFERENCES identity_users (id) ON DELETE CASCADE, created_at BIGINT NOT NULL,
            hash TEXT NOT NULL, PRIMARY KEY (user_id, created_at))
        """,
        """
        CREATE TABLE identity_groups (
            id TEXT PRIMARY KEY, domain_id TEXT NOT NULL REFERENCES identity_projects (id), name TEXT NOT NULL,
            description TEXT NOT NULL, extra TEXT NOT NULL, UNIQUE (domain_id, name))
        """,
        """
        CREATE TABLE identity_memberships (
            user_id TEXT NOT NULL REFERENCES identity_users (id) ON DELETE CASCADE,
            group_id TEXT NOT NULL REFERENCES identity_groups (id) ON DELETE CASCADE, PRIMARY KEY (user_id, group_id))
        """,
        "CREATE INDEX identity_memberships_group ON identity_memberships (group_id)",
    ]

    private static let roles = [
        // domain_id is empty for a role of the whole cloud, so that the name stays unique there too.
        """
        CREATE TABLE identity_roles (
            id TEXT PRIMARY KEY, domain_id TEXT NOT NULL, name TEXT NOT NULL, description TEXT,
            options TEXT NOT NULL, extra TEXT NOT NULL, UNIQUE (domain_id, name))
        """,
        """
        CREATE TABLE identity_implied_roles (
            prior_id TEXT NOT NULL REFERENCES identity_roles (id) ON DELETE CASCADE,
            implied_id TEXT NOT NULL REFERENCES identity_roles (id) ON DELETE CASCADE,
            PRIMARY KEY (prior_id, implied_id))
        """,
        // target_id is 'system' where target_kind is.
        """
        CREATE TABLE identity_assignments (
            actor_kind TEXT NOT NULL, actor_id TEXT NOT NULL, target_kind TEXT NOT NULL, target_id TEXT NOT NULL,
            role_id TEXT NOT NULL REFERENCES identity_roles (id) ON DELETE CASCADE, inherited BIGINT NOT NULL,
            PRIMARY KEY (actor_kind, actor_id, target_kind, target_id, role_id, inherited))
        """,
        "CREATE INDEX identity_assignments_target ON identity_assignments (target_kind, target_id)",
        "CREATE INDEX identity_assignments_role ON identity_assignments (role_id)",
    ]

    private static let catalog = [
        """
        CREATE TABLE identity_services (
            id TEXT PRIMARY KEY, type TEXT NOT NULL, name TEXT NOT NULL, description TEXT, enabled BIGINT NOT NULL,
            extra TEXT NOT NULL)
        """,
        """
        CREATE TABLE identity_regions (
            id TEXT PRIMARY KEY, parent_id TEXT REFERENCES identity_regions (id), description TEXT NOT NULL,
            extra TEXT NOT NULL)
        """,
        """
        CREATE TABLE identity_endpoints (
            id TEXT PRIMARY KEY, service_id TEXT NOT NULL REFERENCES identity_services (id) ON DELETE CASCADE,
            interface TEXT NOT NULL, region_id TEXT REFERENCES identity_regions (id), url TEXT NOT NULL,
            enabled BIGINT NOT NULL, extra TEXT NOT NULL)
        """,
        "CREATE INDEX identity_endpoints_service ON identity_endpoints (service_id)",
    ]

    private static let proofs = [
        // kind says what key is: audit, chain, user, project, domain, credential.
        """
        CREATE TABLE identity_revocations (
            kind TEXT NOT NULL, key TEXT NOT NULL, issued_before BIGINT NOT NULL, expires_at BIGINT NOT NULL,
            PRIMARY KEY (kind, key))
        """,
        "CREATE INDEX identity_revocations_expiry ON identity_revocations (expires_at)",
        """
        CREATE TABLE identity_application_credentials (
            id TEXT PRIMARY KEY, user_id TEXT NOT NULL REFERENCES identity_users (id) ON DELETE CASCADE,
            project_id TEXT NOT NULL REFERENCES identity_projects (id) ON DELETE CASCADE, name TEXT NOT NULL,
            secret_hash TEXT NOT NULL, description TEXT, expires_at BIGINT, unrestricted BIGINT NOT NULL,
            UNIQUE (user_id, name))
        """,
        """
        CREATE TABLE identity_credential_roles (
            credential_id TEXT NOT NULL REFERENCES identity_application_credentials (id) ON DELETE CASCADE,
            role_id TEXT NOT NULL REFERENCES identity_roles (id) ON DELETE CASCADE,
            PRIMARY KEY (credential_id, role_id))
        """,
        """
        CREATE TABLE identity_access_rules (
            id TEXT PRIMARY KEY, user_id TEXT NOT NULL REFERENCES identity_users (id) ON DELETE CASCADE,
            service TEXT NOT NULL, method TEXT NOT NULL, path TEXT NOT NULL, UNIQUE (user_id, service, method, path))
        """,
        """
        CREATE TABLE identity_credential_rules (
            credential_id TEXT NOT NULL REFERENCES identity_application_credentials (id) ON DELETE CASCADE,
            rule_id TEXT NOT NULL REFERENCES identity_access_rules (id), PRIMARY KEY (credential_id, rule_id))
        """,
    ]

    private static let signIns = [
        // account is the id of a user or of an application credential; source is empty for all unknown ones together.
        """
        CREATE TABLE identity_sign_ins (
            account TEXT NOT NULL, source TEXT NOT NULL, failed_count BIGINT NOT NULL, failed_at BIGINT,
            failed_since BIGINT, succeeded_at BIGINT, PRIMARY KEY (account, source))
        """
    ]

    private static let limits = [
        // region_id is empty where a limit holds in every region, so that it stays unique there too.
        """
        CREATE TABLE identity_registered_limits (
            id TEXT PRIMARY KEY, service_id TEXT NOT NULL REFERENCES identity_services (id), region_id TEXT NOT NULL,
            resource_name TEXT NOT NULL, default_limit BIGINT NOT NULL, description TEXT,
            UNIQUE (service_id, region_id, resource_name))
        """,
        // scope_id is the project's or the domain's id.
        """
        CREATE TABLE identity_limits (
            id TEXT PRIMARY KEY, registered_id TEXT NOT NULL REFERENCES identity_registered_limits (id),
            scope_id TEXT NOT NULL REFERENCES identity_projects (id) ON DELETE CASCADE,
            resource_limit BIGINT NOT NULL, description TEXT, UNIQUE (scope_id, registered_id))
        """,
        "CREATE INDEX identity_limits_registered ON identity_limits (registered_id)",
    ]
}
