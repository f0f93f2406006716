public import API
import HTTPTypes
public import Model

/// Accepts what the request claims: `X-Auth-Token: user[:project]`. For development on one machine.
///
/// As Placement's `noauth2`: the project is that of `X-Project-Id`, or otherwise the user's name. Roles come from
/// `X-Roles`; without that header the user `admin` has the role admin and other users have none.
/// `Openstack-System-Scope` sets the scope to the system. In addition, a role includes the roles that it implies
/// (admin, manager, member, reader), as in tokens, and `X-Service-Token: user` means that a service with the role
/// `service` forwards the request.
///
/// Clients on other machines are refused.
public struct Noauth2Authenticator: Authenticator {
    public init() {}

    public var readsIdentityHeaders: Bool { true }

    public func challenge(origin: String) -> Fault.Header? {
        Fault.Header("WWW-Authenticate", "Keystone uri=\"\(origin)\"")
    }

    public func authenticate(_ request: Credentials) async throws(Fault) -> Caller? {
        guard request.isLoopback else {
            throw .unauthorized(
                "This server runs without authentication and accepts only clients on its own machine; set another auth_strategy."
            )
        }
        guard let token = request.headers[IdentityHeader.authToken] else { return nil }
        let (user, project) = Self.split(token)
        guard !user.isEmpty else { throw .unauthorized("X-Auth-Token must be 'user' or 'user:project'.") }
        let named = request.headers[IdentityHeader.projectID]
        var scope = Caller.Scope.project(ProjectID(named ?? project), domain: nil)
        if request.headers[IdentityHeader.systemScope] != nil { scope = .system }
        var caller = Caller(
            user: UserID(user), userName: user, scope: scope, roles: Self.roles(of: user, request.headers),
            token: Secret(token))
        if let service = request.headers[IdentityHeader.serviceToken] {
            caller.service = Caller.ServiceCaller(user: UserID(Self.split(service).user), roles: ["service"])
        }
        return caller
    }

    private static func split(_ token: String) -> (user: String, project: String) {
        guard let colon = token.firstIndex(of: ":") else { return (token, token) }
        return (String(token[..<colon]), String(token[token.index(after: colon)...]))
    }

    private static func roles(of user: String, _ headers: HTTPFields) -> Set<String> {
        guard let named = headers[IdentityHeader.roles] else { return user == "admin" ? implied(by: ["admin"]) : [] }
        let names = named.split(separator: ",").map { $0.filter { !$0.isWhitespace }.lowercased() }
        return implied(by: Set(names.filter { !$0.isEmpty }))
    }

    private static func implied(by roles: Set<String>) -> Set<String> {
        let chain = ["admin", "manager", "member", "reader"]
        guard let highest = chain.firstIndex(where: roles.contains) else { return roles }
        return roles.union(chain[highest...])
    }
}
