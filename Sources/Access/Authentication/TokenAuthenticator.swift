public import API
import Clients
import HTTPTypes
public import Model

/// Identifies the caller by `X-Auth-Token`, and the forwarding service by `X-Service-Token`.
///
/// Results of the token source are cached: valid tokens until they expire but not longer than `timeToLive`, invalid
/// ones for some seconds. Concurrent callers with the same token share one look-up. Every change in Identity must call
/// `bump()`, which empties the cache.
///
/// A token after its expiry is admitted together with a valid service token that has the role `service`, so that long
/// operations can finish. The token source decides for how long.
public final class TokenAuthenticator: Authenticator {
    private let source: any TokenSource
    private let address: Address
    private let time: TimeSource
    private let timeToLive: Duration
    private let serviceRoles: Set<String>
    private let requiresServiceRole: Bool
    private let isCurrent: @Sendable () -> Bool
    private let good: TokenCache<Caller>
    private let bad: TokenCache<Bool>
    private let flights = SingleFlight<Flight, Caller?>()

    /// The URL where clients obtain tokens, for the header of a 401.
    public enum Address: Sendable {
        /// A fixed address.
        case url(String)
        /// A path below the address that the client used, such as `/identity`.
        case path(String)
    }

    private struct Flight: Hashable {
        let key: TokenCache<Caller>.Key
        let epoch: UInt64
    }

    /// - Parameters:
    ///   - capacity: number of tokens in the cache
    ///   - timeToLive: how late a revocation may take effect if nobody calls `bump()`
    ///   - serviceRoles: roles of which a service token needs one to admit an expired token
    ///   - requiresServiceRole: whether a request is refused if its service token has none of them, as in
    /// keystonemiddleware
    ///   - isCurrent: whether the cache may be used now. If not, the source is queried, as in a process that was
    /// suspended and has not learned of revocations since
    public init(
        source: any TokenSource, address: Address, time: TimeSource = .system, capacity: Int = 50_000,
        timeToLive: Duration = .seconds(300), serviceRoles: Set<String> = ["service"], requiresServiceRole: Bool = true,
        isCurrent: @escaping @Sendable () -> Bool = { true }
    ) {
        self.source = source
        self.address = address
        self.time = time
        self.timeToLive = timeToLive
        self.serviceRoles = serviceRoles
        self.requiresServiceRole = requiresServiceRole
        self.isCurrent = isCurrent
        good = TokenCache(capacity: capacity)
        // Apart from the good ones, so that a flood of invented tokens pushes none of them out.
        bad = TokenCache(capacity: 4096)
    }

    /// Empties the cache; called when something changed in Identity.
    public func bump() {
        good.forgetAll()
        bad.forgetAll()
    }

    public func challenge(origin: String) -> Fault.Header? {
        let uri =
            switch address {
            case .url(let url): url
            case .path(let path): origin + path
            }
        return Fault.Header("WWW-Authenticate", "Keystone uri=\"\(uri)\"")
    }

    public func authenticate(_ request: Credentials) async throws(Fault) -> Caller? {
        guard let token = request.headers[IdentityHeader.authToken] else { return nil }
        var service: Caller.ServiceCaller?
        var allowExpired = false
        if let serviceToken = request.headers[IdentityHeader.serviceToken] {
            guard let forwarder = try await caller(for: Secret(serviceToken), allowExpired: false) else {
                throw .unauthorized("The service token (X-Service-Token) is not valid.")
            }
            allowExpired = !serviceRoles.isDisjoint(with: forwarder.roleNames)
            guard allowExpired || !requiresServiceRole else {
                throw .unauthorized(
                    "The service token (X-Service-Token) must have the role \(serviceRoles.sorted().joined(separator: " or "))."
                )
            }
            service = Caller.ServiceCaller(user: forwarder.user, roles: forwarder.roleNames)
        }
        guard var caller = try await caller(for: Secret(token), allowExpired: allowExpired) else {
            throw .unauthorized()
        }
        caller.service = service
        return caller
    }

    private func caller(for token: Secret, allowExpired: Bool) async throws(Fault) -> Caller? {
        let key = TokenCache<Caller>.Key(token, allowExpired: allowExpired)
        let now = time.now()
        let isCurrent = isCurrent()
        if isCurrent, let caller = good.value(for: key, at: now) { return caller }
        let badKey = TokenCache<Bool>.Key(token, allowExpired: allowExpired)
        if isCurrent, bad.value(for: badKey, at: now) != nil { return nil }
        let epoch = good.epoch
        let badEpoch = bad.epoch
        return try await flights.run(Flight(key: key, epoch: epoch)) { () throws(Fault) in
            let found = try await source.caller(for: token, allowExpired: allowExpired)
            let asked = time.now()
            guard var caller = found else {
                bad.keep(true, for: badKey, until: asked + .seconds(5), ifStillIn: badEpoch)
                return nil
            }
            caller.token = token
            var until = asked + timeToLive
            if !allowExpired, let expires = caller.expires { until = min(until, expires) }
            good.keep(caller, for: key, until: until, ifStillIn: epoch)
            return caller
        }
    }
}
