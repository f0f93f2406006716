import API
import HTTPTypes
import Model

/// Someone who calls: a token that the fixture's authenticator knows.
enum Persona: String, Sendable, CaseIterable {
    case nobody, admin, member, colleague, reader, otherMember, otherAdmin, service, noRole, formerCreator

    var caller: Caller? {
        func of(_ project: ProjectID, _ roles: Set<String>) -> Caller {
            Caller(
                user: UserID("u-\(rawValue)"), scope: .project(project, domain: "default"), roles: roles,
                token: Secret(rawValue))
        }
        return switch self {
        case .admin: of("blue", ["admin", "member", "reader"])
        case .member, .colleague: of("blue", ["member", "reader"])
        case .reader: of("blue", ["reader"])
        case .otherMember: of("red", ["member", "reader"])
        case .otherAdmin: of("red", ["admin", "member", "reader"])
        case .service: of("services", ["service"])
        case .noRole: of("blue", [])
        case .formerCreator: of("blue", ["creator"])
        case .nobody: nil
        }
    }
}

/// Takes the token for the persona's name.
struct PersonaAuthenticator: Authenticator {
    func authenticate(_ request: Credentials) async throws(Fault) -> Caller? {
        guard let token = request.headers[.authToken] else { return nil }
        guard let caller = Persona(rawValue: token)?.caller else { throw .unauthorized() }
        return caller
    }

    func challenge(origin: String) -> Fault.Header? { nil }
}
