import API
import Access
import Model

/// The body of a request for a token: the user's proofs and the requested scope.
struct AuthenticationRequest: Sendable {
    var methods: TokenPayload.Methods = []
    var password: (user: UserReference, password: Secret)?
    var token: Secret?
    var credential: CredentialReference?
    /// Nil where the request names none.
    var scope: Scope?

    enum UserReference: Sendable, Equatable {
        case id(UserID)
        case name(String, domain: DomainReference)
    }

    enum DomainReference: Sendable, Equatable {
        case id(DomainID)
        case name(String)
    }

    enum CredentialReference: Sendable {
        case id(ApplicationCredentialID, secret: Secret)
        case name(String, user: UserReference, secret: Secret)

        var secret: Secret {
            switch self {
            case .id(_, let secret), .name(_, _, let secret): secret
            }
        }
    }

    enum Scope: Sendable, Equatable {
        case unscoped
        case project(ProjectID)
        case projectName(String, domain: DomainReference)
        case domain(DomainReference)
        case system
    }

    init(_ body: JSONValue) throws(Fault) {
        let auth = Fields(body, "auth")
        guard let identity = auth.object("identity"), let methods = identity.elements("methods") else {
            throw .badRequest("'auth.identity.methods' is a required property", field: "auth.identity.methods")
        }
        for name in methods.compactMap(\.text) {
            guard let method = TokenPayload.Methods(name: name), method != .totp else {
                throw .unauthorized("Attempted to authenticate with an unsupported method.")
            }
            guard let proof = identity.object(name) else {
                throw .badRequest("'auth.identity.\(name)' is a required property", field: "auth.identity.\(name)")
            }
            self.methods.insert(method)
            switch method {
            case .password: password = try Self.password(proof)
            case .token:
                guard let id = proof.text("id") else { throw Self.needed("token.id") }
                token = Secret(id)
            default: credential = try Self.credential(proof)
            }
        }
        guard !self.methods.isEmpty else {
            throw .badRequest("'auth.identity.methods' must name a method.", field: "auth.identity.methods")
        }
        scope = try Self.scope(auth)
    }

    private static func needed(_ path: String) -> Fault {
        .badRequest("'auth.identity.\(path)' is a required property", field: "auth.identity.\(path)")
    }

    private static func password(_ proof: Fields) throws(Fault) -> (UserReference, Secret) {
        guard let user = proof.object("user") else { throw needed("password.user") }
        guard let password = user.text("password") else { throw needed("password.user.password") }
        return (try self.user(user, "password.user"), Secret(password))
    }

    private static func user(_ user: Fields, _ path: String) throws(Fault) -> UserReference {
        if let id: UserID = user.id("id") { return .id(id) }
        guard let name = user.text("name") else { throw needed("\(path).name") }
        guard let domain = user.object("domain").flatMap(domain) else { throw needed("\(path).domain") }
        return .name(name, domain: domain)
    }

    private static func credential(_ proof: Fields) throws(Fault) -> CredentialReference {
        guard let secret = proof.text("secret") else { throw needed("application_credential.secret") }
        if let id: ApplicationCredentialID = proof.id("id") { return .id(id, secret: Secret(secret)) }
        guard let name = proof.text("name") else { throw needed("application_credential.id") }
        guard let user = proof.object("user") else { throw needed("application_credential.user") }
        return .name(name, user: try self.user(user, "application_credential.user"), secret: Secret(secret))
    }

    private static func domain(_ domain: Fields) -> DomainReference? {
        if let id: DomainID = domain.id("id") { return .id(id) }
        return domain.text("name").map { .name($0) }
    }

    private static func scope(_ auth: Fields) throws(Fault) -> Scope? {
        guard let value = auth.value("scope"), value != .null else { return nil }
        if value == .text("unscoped") { return .unscoped }
        guard case .object = value else {
            throw .badRequest("'auth.scope' must be an object or \"unscoped\".", field: "auth.scope")
        }
        let scope = Fields(value)
        guard ["project", "domain", "system", "unscoped", "OS-TRUST:trust"].count(where: scope.has) <= 1 else {
            throw .badRequest(
                "'auth.scope' must have only one of project, domain, system, unscoped.", field: "auth.scope")
        }
        if let project = scope.object("project") {
            if let id: ProjectID = project.id("id") { return .project(id) }
            guard let name = project.text("name"), let domain = project.object("domain").flatMap(domain) else {
                throw .badRequest(
                    "'auth.scope.project' must have an id, or a name and a domain.", field: "auth.scope.project")
            }
            return .projectName(name, domain: domain)
        }
        if let domain = scope.object("domain") {
            guard let domain = self.domain(domain) else {
                throw .badRequest("'auth.scope.domain' must have an id or a name.", field: "auth.scope.domain")
            }
            return .domain(domain)
        }
        if let system = scope.object("system") {
            guard system.flag("all") == true else {
                throw .badRequest("'auth.scope.system.all' must be true.", field: "auth.scope.system.all")
            }
            return .system
        }
        if scope.has("unscoped") { return .unscoped }
        if scope.has("OS-TRUST:trust") {
            throw Fault(.notImplemented, "Trusts are not provided; use an application credential.", field: "auth.scope")
        }
        throw .badRequest(
            "'auth.scope' must have one of project, domain, system, unscoped.", field: "auth.scope")
    }

    static let schema: Schema = {
        let text = Schema.string
        let domain = Schema.object(
            ObjectSchema([.optional("id", .nullable(text)), .optional("name", .nullable(text))], others: .ignored))
        let user = Schema.object(
            ObjectSchema(
                [
                    .optional("id", .nullable(text)), .optional("name", .nullable(text)),
                    .optional("domain", .nullable(domain)), .optional("password", text),
                ], others: .ignored))
        let identity = Schema.object(
            ObjectSchema(
                [
                    .required("methods", .array(of: text, minItems: 1, maxItems: 8, unique: false)),
                    .optional("password", .object(ObjectSchema([.required("user", user)], others: .ignored))),
                    .optional("token", .object(ObjectSchema([.required("id", text)], others: .ignored))),
                    .optional(
                        "application_credential",
                        .object(
                            ObjectSchema(
                                [
                                    .optional("id", .nullable(text)), .optional("name", .nullable(text)),
                                    .optional("user", .nullable(user)), .required("secret", text),
                                ], others: .ignored))),
                ], others: .ignored))
        return .wrapped("auth", [.required("identity", identity), .optional("scope", .any)])
    }()
}
