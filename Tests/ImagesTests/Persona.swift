import API
import HTTPTypes
import Model

/// Someone who calls: a token that the fixture's authenticator knows.
enum Persona: String, Sendable, CaseIterable {
    case nobody, admin, member, reader, otherMember, otherReader, service, noRole

    static func caller(_ token: String) -> Caller? {
        func of(_ project: ProjectID, _ roles: Set<String>) -> Caller {
            Caller(user: UserID("u-\(token)"), scope: .project(project, domain: "default"), roles: roles)
        }
        return switch Persona(rawValue: token) {
        case .admin: of("ops", ["admin", "member", "reader"])
        case .member: of("blue", ["member", "reader"])
        case .reader: of("blue", ["reader"])
        case .otherMember: of("red", ["member", "reader"])
        case .otherReader: of("red", ["reader"])
        case .service: of("services", ["service"])
        case .noRole: of("blue", [])
        case .nobody, nil: nil
        }
    }
}

/// Takes the token for the persona's name.
struct PersonaAuthenticator: Authenticator {
    func authenticate(_ request: Credentials) async throws(Fault) -> Caller? {
        guard let token = request.headers[.authToken] else { return nil }
        guard let caller = Persona.caller(token) else { throw .unauthorized() }
        return caller
    }

    func challenge(origin: String) -> Fault.Header? {
        Fault.Header("WWW-Authenticate", "Keystone uri=\"\(origin)/identity\"")
    }
}
