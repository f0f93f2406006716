public import Model

/// How this program signs in to a separate Keystone.
public enum ServiceCredentials: Sendable, Equatable {
    /// Domains by name, as in configuration files.
    case password(
        user: String, userDomain: String, password: Secret, project: String, projectDomain: String)
    case applicationCredential(id: String, secret: Secret)
    case user(UserSignIn)

    /// The account's name in messages.
    var account: String {
        switch self {
        case .password(let user, let userDomain, _, let project, _):
            "the account '\(user)' of domain '\(userDomain)' in project '\(project)'"
        case .applicationCredential(let id, _): "the application credential '\(id)'"
        case .user(let signIn):
            switch signIn.user {
            case .id(let id): "the account with the id '\(id)'"
            case .name(let name, .id(let domain)), .name(let name, .name(let domain)):
                "the account '\(name)' of domain '\(domain)'"
            }
        }
    }

    /// The body of `POST /v3/auth/tokens`.
    var request: AuthenticationRequest {
        switch self {
        case .password(let user, let userDomain, let password, let project, let projectDomain):
            AuthenticationRequest(
                UserSignIn(
                    user: .name(user, .name(userDomain)), password: password,
                    scope: .project(.name(project, .name(projectDomain)))))
        case .user(let signIn): AuthenticationRequest(signIn)
        case .applicationCredential(let id, let secret):
            AuthenticationRequest(
                identity: .init(
                    methods: ["application_credential"], password: nil,
                    applicationCredential: .init(id: id, secret: secret.revealed)),
                scope: nil)
        }
    }
}
