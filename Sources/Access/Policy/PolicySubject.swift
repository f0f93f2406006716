import Model

/// The caller in the policy language: attributes with oslo.policy's names, each with its values as text.
///
/// As in oslo.policy, a plain attribute that the caller could have but has not is `None` (so that `not domain_id:None`
/// means a domain-scoped token). A path into a missing part of the token, or an unknown name, equals nothing.
struct PolicySubject {
    let caller: Caller

    func has(role: String) -> Bool { caller.roles.contains(role.lowercased()) }

    func has(_ attribute: String, equalTo text: String) -> Bool {
        switch attribute {
        case "roles", "token.roles": return caller.roleNames.contains(text)
        case "service_roles": return caller.service?.roles.contains(text) ?? false
        default: return value(attribute) == text
        }
    }

    private func value(_ attribute: String) -> String? {
        switch attribute {
        case "user_id": return caller.user?.text ?? Self.none
        case "user_name": return caller.userName ?? Self.none
        case "user_domain_id": return caller.userDomain?.text ?? Self.none
        case "project_id", "tenant_id", "tenant": return caller.project?.text ?? Self.none
        case "project_domain_id": return projectDomain?.text ?? Self.none
        case "domain_id": return domain?.text ?? Self.none
        case "system_scope": return caller.scope == .system ? "all" : Self.none
        case "service_user_id": return caller.service?.user?.text ?? Self.none
        case "is_admin": return caller.has(role: "admin") ? "True" : "False"
        case "is_admin_project", "token.is_admin_project": return caller.isAdminProject ? "True" : "False"
        case "token.user.id": return caller.user?.text
        case "token.user.name": return caller.userName
        case "token.user.domain.id": return caller.userDomain?.text
        case "token.project.id": return caller.project?.text
        case "token.project.domain.id": return projectDomain?.text
        case "token.domain.id": return domain?.text
        case "token.system.all": return caller.scope == .system ? "True" : nil
        default: return nil
        }
    }

    private static let none = "None"

    private var projectDomain: DomainID? {
        if case .project(_, let domain) = caller.scope { domain } else { nil }
    }

    private var domain: DomainID? {
        if case .domain(let domain) = caller.scope { domain } else { nil }
    }
}

extension PolicyCheck {
    /// Whether `subject` may act on `target`. References must have been replaced; a remaining one admits nobody.
    func admits(_ subject: PolicySubject, to target: [String: String]) -> Bool {
        switch self {
        case .always: true
        case .never, .rule: false
        case .role(let text): text.resolved(in: target).map(subject.has(role:)) ?? false
        case .attribute(let attribute, let text):
            text.resolved(in: target).map { subject.has(attribute, equalTo: $0) } ?? false
        case .constant(let constant, let text): text.resolved(in: target) == constant.value
        case .not(let check): !check.admits(subject, to: target)
        case .all(let checks): checks.allSatisfy { $0.admits(subject, to: target) }
        case .any(let checks): checks.contains { $0.admits(subject, to: target) }
        }
    }
}
