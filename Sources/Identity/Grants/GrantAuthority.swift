import API
import Model
import Store

/// Prevents callers from gaining roles that they may not grant.
///
/// Anyone who sets a user's password, or enables the user, can act as that user. Anyone who adds a user to a group
/// gives the user the group's roles. So both require the right to grant each of these roles, by the policy for the
/// grant itself.
struct GrantAuthority: Sendable {
    let call: Call

    /// Throws 403 unless the caller may grant every role of `user`, or is that user.
    func require(over user: User, in transaction: any Transaction) throws {
        guard call.caller.user != user.id else { return }
        try require(
            RoleQueries.held(by: user.id), user.target, in: transaction,
            or: "The user \(user.id) has a role that you may not grant. Somebody who may grant it can change the user.")
    }

    /// Throws 403 unless the caller may grant every role of `group`.
    ///
    /// - Parameter member: the user who would get the roles; nil if the group itself changes
    func require(over group: Group, member: User? = nil, in transaction: any Transaction) throws {
        try require(
            "(a.actor_kind = 'group' AND a.actor_id = \(group.id))",
            group.target.merging(member?.target ?? [:]) { own, _ in own }, in: transaction,
            or: "The group \(group.id) has a role that you may not grant. Somebody who may grant it can change "
                + "the group and its members.")
    }

    /// Throws 403 unless the caller may grant each of the deployment's own roles, admin and service, that anyone has on
    /// `project`. Disabling or deleting the project locks those users out.
    func requireDeployment(of project: Project, in transaction: any Transaction) throws {
        try require(
            "(a.target_kind = 'project' AND a.target_id = \(project.id) AND lower(r.name) IN ('admin', 'service'))",
            [:],
            in: transaction,
            or:
                "On the project \(project.id) somebody has the role admin or service, which you may not grant. Somebody "
                + "who may grant it can rename, disable and delete the project.")
    }

    private func require(
        _ held: SQL, _ actor: [String: String], in transaction: any Transaction, or refusal: String
    ) throws {
        var isAllowed = true
        try transaction.forEach(
            """
            SELECT DISTINCT a.actor_kind, a.target_kind, a.target_id, r.id, r.name, r.domain_id, p.domain_id
            FROM identity_assignments a JOIN identity_roles r ON r.id = a.role_id
            LEFT JOIN identity_projects p ON p.id = a.target_id AND a.target_kind = 'project' WHERE \(held)
            """
        ) { row in
            let (kind, targetKind, targetID): (String, String, String) = (try row[0], try row[1], try row[2])
            let (role, name, home): (String, String, String) = (try row[3], try row[4], try row[5])
            let projectDomain: String? = try row[6]
            var attributes = actor
            // What rules call the user is the caller's own here.
            attributes["user_id"] = nil
            attributes["target.role.id"] = role
            attributes["target.role.name"] = name
            attributes["target.role.domain_id"] = home.isEmpty ? "None" : home
            var rule = "identity:create_grant"
            switch targetKind {
            case "project":
                attributes["target.project.id"] = targetID
                attributes["target.project.domain_id"] = projectDomain ?? "None"
            case "domain": attributes["target.domain.id"] = targetID
            default: rule = "identity:create_system_grant_for_\(kind)"
            }
            // The rule of the system's grants wants another token than one for a domain; who is admin there is the operator, too.
            let isOperator = targetKind == "system" && call.caller.has(role: "admin")
            if !isOperator, !call.allows(rule, target: PolicyTarget(attributes)) { isAllowed = false }
        }
        guard isAllowed else { throw Fault.forbidden(refusal) }
    }
}
