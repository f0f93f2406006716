import Model

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

    struct Password: Encodable { let user: Named }

    /// A user, project or domain: by id, or by name and domain.
    struct Named: Encodable {
        var id: String?
        var name: String?
        var domain: Domain?
        var password: String?

        init(_ reference: UserSignIn.Reference, password: String? = nil) {
            self.password = password
            switch reference {
            case .id(let id): self.id = id
            case .name(let name, let domain):
                self.name = name
                self.domain = Domain(domain)
            }
        }
    }

    struct Domain: Encodable {
        var id: String?
        var name: String?

        init(_ domain: UserSignIn.Domain) {
            switch domain {
            case .id(let id): self.id = id
            case .name(let name): self.name = name
            }
        }
    }

    struct ApplicationCredential: Encodable {
        let id: String
        let secret: String
    }

    struct Scope: Encodable {
        var project: Named?
        var domain: Domain?
        var system: [String: Bool]?

        init?(_ scope: UserSignIn.Scope) {
            switch scope {
            case .project(let project): self.project = Named(project)
            case .domain(let domain): self.domain = Domain(domain)
            case .system: system = ["all": true]
            case .none: return nil
            }
        }
    }

    init(identity: Identity, scope: Scope?) {
        self.identity = identity
        self.scope = scope
    }

    init(_ signIn: UserSignIn) {
        self.init(
            identity: Identity(
                methods: ["password"],
                password: Password(user: Named(signIn.user, password: signIn.password.revealed)),
                applicationCredential: nil),
            scope: Scope(signIn.scope))
    }
}
