import API
import HTTPTypes
import Model

/// Someone who calls: a token that the fixture's authenticator knows, and perhaps a service token beside it.
enum Persona: String, Sendable, CaseIterable {
    case nobody
    case admin
    case manager
    case member
    case reader
    case service
    case unrelated
    case noRole
    case otherMember
    case systemAdmin
    case memberThroughService
    case otherMemberThroughService
    case adminThroughService
    case serviceThroughService

    var token: String? {
        switch self {
        case .nobody: nil
        case .memberThroughService: "member"
        case .otherMemberThroughService: "otherMember"
        case .adminThroughService: "admin"
        case .serviceThroughService: "service"
        default: rawValue
        }
    }

    var serviceToken: String? {
        switch self {
        case .memberThroughService, .otherMemberThroughService, .adminThroughService, .serviceThroughService: "nova"
        default: nil
        }
    }

    static func caller(_ token: String) -> Caller? {
        func of(_ project: ProjectID, _ roles: Set<String>) -> Caller {
            Caller(user: UserID("u-\(token)"), scope: .project(project, domain: "default"), roles: roles)
        }
        return switch token {
        case "admin": of("ops", ["admin", "manager", "member", "reader"])
        case "manager": of("blue", ["manager", "member", "reader"])
        case "member": of("blue", ["member", "reader"])
        case "reader": of("blue", ["reader"])
        case "service": of("services", ["service"])
        case "unrelated": of("blue", ["swiftoperator"])
        case "noRole": of("blue", [])
        case "otherMember": of("red", ["member", "reader"])
        case "systemAdmin":
            Caller(user: "u-system", scope: .system, roles: ["admin", "manager", "member", "reader"])
        default: nil
        }
    }
}

/// Takes the token for the persona's name; `nova` is a valid service token.
struct PersonaAuthenticator: Authenticator {
    func authenticate(_ request: Credentials) async throws(Fault) -> Caller? {
        guard let token = request.headers[.token] else { return nil }
        guard var caller = Persona.caller(token) else { throw .unauthorized() }
        if request.headers[.serviceToken] == "nova" {
            caller.service = Caller.ServiceCaller(user: "u-nova", roles: ["service"])
        }
        return caller
    }

    func challenge(origin: String) -> Fault.Header? {
        Fault.Header("WWW-Authenticate", "Keystone uri=\"\(origin)/identity\"")
    }
}
