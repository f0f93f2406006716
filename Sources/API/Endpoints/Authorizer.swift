public import HTTPTypes
public import Model

/// Says who makes a request. Implemented by `Access` (embedded, Keystone, noauth2) and by `Link` (client certificates).
public protocol Authenticator: Sendable {
    /// Who calls, or nil where the request carries no credentials. Throws 401 where they are bad, 503 where nobody can say.
    func authenticate(_ request: Credentials) async throws(Fault) -> Caller?

    /// The header of every 401, such as `WWW-Authenticate: Keystone uri="…"`.
    func challenge(origin: String) -> Fault.Header?

    /// Whether `X-Roles` and its kin are left in the request for it to read: only for development, where who calls is what
    /// the headers say. Everywhere else they are taken away first.
    var readsIdentityHeaders: Bool { get }
}

extension Authenticator {
    public var readsIdentityHeaders: Bool { false }
}

/// What a request shows of who it is.
public struct Credentials: Sendable {
    public let headers: HTTPFields
    /// Names (DNS SANs, else the common name) of the client certificate that TLS verified.
    public let certificateNames: [String]
    /// Whether the connection came over loopback.
    public let isLoopback: Bool

    public init(headers: HTTPFields, certificateNames: [String] = [], isLoopback: Bool = false) {
        self.headers = headers
        self.certificateNames = certificateNames
        self.isLoopback = isLoopback
    }
}

/// Decides by policy. Implemented by `Access`.
public protocol Authorizer: Sendable {
    /// Throws 403 unless `rule` admits `caller` to `target`. An unknown rule admits nobody.
    func authorize(_ caller: Caller, rule: String, target: PolicyTarget) throws(Fault)
}

/// Attributes of the object a policy rule is asked about, by oslo.policy's names: `project_id`, `user_id`,
/// `target.user.domain_id`.
public struct PolicyTarget: Sendable, ExpressibleByDictionaryLiteral {
    public var attributes: [String: String]

    public init(_ attributes: [String: String]) {
        self.attributes = attributes
    }

    public init(dictionaryLiteral elements: (String, String)...) {
        attributes = Dictionary(elements) { _, last in last }
    }

    /// The caller's own project and user: what rules see where no object is involved.
    public static func own(_ caller: Caller) -> PolicyTarget {
        var attributes: [String: String] = [:]
        attributes["project_id"] = caller.project?.text
        attributes["user_id"] = caller.user?.text
        return PolicyTarget(attributes)
    }
}
