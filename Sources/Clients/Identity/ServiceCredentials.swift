public import Model

/// How this program signs in to a Keystone that is not its own.
public enum ServiceCredentials: Sendable, Equatable {
    /// `domain`s by name, as configuration files have them.
    case password(
        user: String, userDomain: String, password: Secret, project: String, projectDomain: String)
    case applicationCredential(id: String, secret: Secret)

    /// The body of `POST /v3/auth/tokens`.
    var request: AuthenticationRequest {
        switch self {
        case .password(let user, let userDomain, let password, let project, let projectDomain):
            AuthenticationRequest(
                identity: .init(
                    methods: ["password"],
                    password: .init(
                        user: .init(name: user, domain: .init(name: userDomain), password: password.revealed)),
                    applicationCredential: nil),
                scope: .init(project: .init(name: project, domain: .init(name: projectDomain))))
        case .applicationCredential(let id, let secret):
            AuthenticationRequest(
                identity: .init(
                    methods: ["application_credential"], password: nil,
                    applicationCredential: .init(id: id, secret: secret.revealed)),
                scope: nil)
        }
    }
}

/// The wire form of a sign-in.
struct AuthenticationRequest: Encodable {
    let identity: Identity
    let scope: Scope?

    struct Identity: Encodable {
        let methods: [String]
        let password: Password?
        let applicationCredential: ApplicationCredential?

        enum CodingKeys: String, CodingKey {
            case methods, password
            case applicationCredential = "application_credential"
        }
    }

    struct Password: Encodable { let user: User }

    struct User: Encodable {
        let name: String
        let domain: Named
        let password: String
    }

    struct Named: Encodable { let name: String }

    struct ApplicationCredential: Encodable {
        let id: String
        let secret: String
    }

    struct Scope: Encodable { let project: Project }

    struct Project: Encodable {
        let name: String
        let domain: Named
    }
}
