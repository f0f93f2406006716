import Model
import Store

/// A role given to a user or group, on a project, a domain or the system.
struct Grant: Sendable, Hashable {
    var actor: Actor
    var target: Target
    var role: RoleID
    /// Whether it applies to the projects below its target rather than to the target itself.
    var isInherited: Bool

    enum Actor: Sendable, Hashable {
        case user(UserID)
        case group(GroupID)

        var kind: String { if case .user = self { "user" } else { "group" } }

        var id: String {
            switch self {
            case .user(let id): id.text
            case .group(let id): id.text
            }
        }
    }

    enum Target: Sendable, Hashable {
        case project(ProjectID)
        case domain(DomainID)
        case system

        var kind: String {
            switch self {
            case .project: "project"
            case .domain: "domain"
            case .system: "system"
            }
        }

        var id: String {
            switch self {
            case .project(let id): id.text
            case .domain(let id): id.text
            case .system: "system"
            }
        }
    }

    private var condition: SQL {
        """
        actor_kind = \(actor.kind) AND actor_id = \(actor.id) AND target_kind = \(target.kind)
            AND target_id = \(target.id) AND role_id = \(role) AND inherited = \(isInherited)
        """
    }

    func exists(in transaction: any Transaction) throws -> Bool {
        try transaction.exists("SELECT 1 FROM identity_assignments WHERE \(condition)")
    }

    func insert(in transaction: any Transaction) throws {
        try transaction.execute(
            """
            INSERT INTO identity_assignments (actor_kind, actor_id, target_kind, target_id, role_id, inherited)
            VALUES (\(actor.kind), \(actor.id), \(target.kind), \(target.id), \(role), \(isInherited))
            ON CONFLICT (actor_kind, actor_id, target_kind, target_id, role_id, inherited) DO NOTHING
            """)
        try transaction.noteIdentity("grant \(actor.kind) \(actor.id)")
    }

    /// Returns false if there was none.
    func delete(in transaction: any Transaction) throws -> Bool {
        try transaction.noteIdentity("grant \(actor.kind) \(actor.id)")
        return try transaction.execute("DELETE FROM identity_assignments WHERE \(condition)") == 1
    }
}
