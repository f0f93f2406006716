/// The identity of a caller, as proven by a token, a client certificate or a development header.
public struct Caller: Sendable, Equatable {
    public var user: UserID?
    public var userName: String?
    public var userDomain: DomainID?
    public var scope: Scope
    /// Names in lower case, including implied roles; policies compare `role:` without regard to case.
    public var roles: Set<String>
    /// The same roles as they are written, for exact comparisons.
    public let roleNames: Set<String>
    /// The service that forwards a user's request: the bearer of a valid `X-Service-Token`.
    public var service: ServiceCaller?
    /// The token itself, for calls made on the caller's behalf. Never logged.
    public var token: Secret?
    /// When the proof expires.
    public var expires: Timestamp?
    /// False if a Keystone with a configured admin project reports another scope.
    public var isAdminProject = true

    /// What the caller may act on.
    public enum Scope: Sendable, Hashable {
        case project(ProjectID, domain: DomainID?)
        case domain(DomainID)
        case system
        case unscoped
    }

    public struct ServiceCaller: Sendable, Equatable {
        public var user: UserID?
        /// As they are written.
        public var roles: Set<String>

        public init(user: UserID?, roles: Set<String>) {
            self.user = user
            self.roles = roles
        }
    }

    public init(
        user: UserID?, userName: String? = nil, userDomain: DomainID? = nil, scope: Scope, roles: Set<String>,
        service: ServiceCaller? = nil, token: Secret? = nil, expires: Timestamp? = nil
    ) {
        self.user = user
        self.userName = userName
        self.userDomain = userDomain
        self.scope = scope
        self.roles = Set(roles.map { $0.lowercased() })
        roleNames = roles
        self.service = service
        self.token = token
        self.expires = expires
    }

    /// Nobody: the caller of an open endpoint.
    public static let anonymous = Caller(user: nil, scope: .unscoped, roles: [])

    public var project: ProjectID? {
        if case .project(let project, _) = scope { project } else { nil }
    }

    public func has(role: String) -> Bool { roles.contains(role) }

    /// Whether a service with the role `service` forwards the request.
    public var comesThroughService: Bool { service?.roles.contains("service") ?? false }
}
