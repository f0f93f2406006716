public import HTTPTypes
public import Model

/// Identifies callers. Implemented by `Access` (embedded, Keystone, noauth2) and by `Link` (client certificates).
public protocol Authenticator: Sendable {
    /// The caller; nil if the request has no credentials. Throws 401 if they are invalid, 503 if they cannot be
    /// checked.
    func authenticate(_ request: Credentials) async throws(Fault) -> Caller?

    /// The header of every 401, such as `WWW-Authenticate: Keystone uri="…"`.
    func challenge(origin: String) -> Fault.Header?

    /// Whether `X-Roles` and similar headers stay in the request: only for development, where they identify the caller.
    /// Otherwise they are removed first.
    var readsIdentityHeaders: Bool { get }
}

extension Authenticator {
    public var readsIdentityHeaders: Bool { false }
}

/// A request's credentials.
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

/// Applies the policy. Implemented by `Access`.
public protocol Authorizer: Sendable {
    /// Throws 403 unless `rule` admits `caller` to `target`. An unknown rule admits nobody.
    func authorize(_ caller: Caller, rule: String, target: PolicyTarget) throws(Fault)
}

/// Attributes of a policy rule's target, with oslo.policy's names: `project_id`, `user_id`, `target.user.domain_id`.
public struct PolicyTarget: Sendable, ExpressibleByDictionaryLiteral {
    public var attributes: [String: String]

    public init(_ attributes: [String: String]) {
        self.attributes = attributes
    }

    public init(dictionaryLiteral elements: (String, String)...) {
        attributes = Dictionary(elements) { _, last in last }
    }

    /// The caller's own project and user: the target of rules that concern no object.
    public static func own(_ caller: Caller) -> PolicyTarget {
        var attributes: [String: String] = [:]
        attributes["project_id"] = caller.project?.text
        attributes["user_id"] = caller.user?.text
        return PolicyTarget(attributes)
    }
}
