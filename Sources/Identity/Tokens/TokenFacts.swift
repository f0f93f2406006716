import Access
import Model

/// The present meaning of a token: names, enabled flags and roles as they are in the database now.
struct TokenFacts: Sendable {
    var payload: TokenPayload
    var userName: String
    var userDomain: NamedDomain
    var passwordExpires: Timestamp?
    var scope: Scope
    /// By name, including implied roles.
    var roles: [NamedRole]
    var credential: CredentialFacts?

    enum Scope: Sendable {
        case unscoped
        case project(id: ProjectID, name: String, domain: NamedDomain)
        case domain(NamedDomain)
        case system
    }

    var caller: Caller {
        let scope: Caller.Scope =
            switch self.scope {
            case .unscoped: .unscoped
            case .project(let id, _, let domain): .project(id, domain: domain.id)
            case .domain(let domain): .domain(domain.id)
            case .system: .system
            }
        return Caller(
            user: payload.user, userName: userName, userDomain: userDomain.id, scope: scope,
            roles: Set(roles.map(\.name)), expires: payload.expires)
    }
}

struct NamedDomain: Sendable, Equatable {
    let id: DomainID
    let name: String
}

struct NamedRole: Sendable, Hashable {
    let id: RoleID
    let name: String
}

/// The application credential a token came from.
struct CredentialFacts: Sendable {
    let id: ApplicationCredentialID
    let name: String
    let isUnrestricted: Bool
    let rules: [AccessRule]
}
