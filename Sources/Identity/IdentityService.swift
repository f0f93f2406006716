public import API
public import Access
public import Logging
public import Model
public import Store

/// The Identity service of OpenStack, version 3, embedded: users, projects, roles, tokens, the catalog and limits.
///
///     let identity = IdentityService(store: feed.store, codec: TokenCodec(keyring: keyring), hasher: PasswordHasher())
///     let authenticator = identity.authenticator()
///     let mounted = identity.service(authenticator: authenticator, authorizer: authorizer)
///     feed.subscribe("tokens", to: [IdentityService.changeKind]) { _ in identity.forget() }
///
/// Its tables are `IdentityMigrations.all`; `bootstrap` makes the first users and roles.
public struct IdentityService: Sendable {
    /// The kind of this service's entries in the change log.
    public static let changeKind = "identity"

    let context: IdentityContext

    public init(
        store: any StateStore, codec: TokenCodec, hasher: PasswordHasher, options: IdentityOptions = IdentityOptions(),
        time: TimeSource = .system, ids: IDSource = .random, random: RandomSource = .system,
        logger: Logger = Logger(label: "kilonova.identity"),
        pause: @escaping @Sendable (Duration) async throws -> Void = { try await Task.sleep(for: $0) }
    ) {
        context = IdentityContext(
            store: store, codec: codec, hasher: hasher, time: time, ids: ids, random: random, options: options,
            changes: IdentityChanges(), logger: logger, pause: pause)
    }

    /// Validates this service's own tokens.
    public var tokenSource: EmbeddedTokenSource { EmbeddedTokenSource(context) }

    /// Calls `listener` after every change made through this value, and by `forget()`; for caches of tokens.
    public func whenChanged(_ listener: @escaping @Sendable () -> Void) { context.changes.listen(listener) }

    /// Notifies all listeners that something may have changed, because another replica reports it.
    public func forget() { context.changes.announce() }

    /// An authenticator over `tokenSource` that invalidates its cache at every change.
    ///
    /// - Parameters:
    ///   - prefix: where this service is mounted, for the header of a 401
    ///   - requiresServiceRole: whether service tokens without the role `service` are refused
    public func authenticator(prefix: String = "/identity", requiresServiceRole: Bool = true) -> TokenAuthenticator {
        let address = context.options.publicURL.map(TokenAuthenticator.Address.url) ?? .path(prefix)
        let authenticator = TokenAuthenticator(
            source: tokenSource, address: address, time: context.time, requiresServiceRole: requiresServiceRole)
        whenChanged { authenticator.bump() }
        return authenticator
    }

    /// The service as the dispatcher mounts it.
    public func service(
        prefix: String = "/identity", authenticator: any Authenticator, authorizer: any Authorizer
    ) -> Service {
        Service(
            name: "identity", title: "Identity", prefix: prefix, family: IdentityFamily(), endpoints: endpoints,
            authenticator: authenticator, authorizer: authorizer)
    }

    /// Every operation.
    public var endpoints: [Endpoint] {
        DiscoveryEndpoints(context: context).all + TokenEndpoints(context: context).all
            + UserEndpoints(context: context).all + GroupEndpoints(context: context).all
            + ProjectEndpoints(context: context).all + ProjectTagEndpoints(context: context).all
            + DomainEndpoints(context: context).all + RoleEndpoints(context: context).all
            + ImpliedRoleEndpoints(context: context).all + GrantEndpoints(context: context).all
            + AssignmentEndpoints(context: context).all + ServiceEndpoints(context: context).all
            + EndpointEndpoints(context: context).all + RegionEndpoints(context: context).all
            + ApplicationCredentialEndpoints(context: context).all + AccessRuleEndpoints(context: context).all
            + RegisteredLimitEndpoints(context: context).all + LimitEndpoints(context: context).all
    }
}
