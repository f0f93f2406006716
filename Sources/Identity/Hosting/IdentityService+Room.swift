public import Access
public import Clients
public import Services
public import Settings
import Store

extension IdentityService {
    /// This service in the control plane's list.
    public static let room = ServiceRoom(
        settings: ServiceSettings(.identity, title: "the identity service") { IdentitySettings(&$0) },
        migrations: IdentityMigrations.all,
        policy: PolicyTable(IdentityPolicy.rules, wording: .identity),
        catalog: CatalogPlace(type: "identity", name: "keystone", path: "/identity"),
        open: { surroundings in try await hosted(in: surroundings) })

    private static func hosted(in surroundings: ServiceSurroundings) async throws -> HostedService {
        let logger = surroundings.logger
        let keyring = try await EmbeddedIdentity.keyring(surroundings.settings)
        let service = try EmbeddedIdentity.service(surroundings.settings, surroundings.store, keyring, logger)
        surroundings.feed.subscribe("validated tokens", to: [changeKind]) { _ in service.forget() }
        surroundings.offers.offer(service, as: IdentityService.self)
        surroundings.offers.offer(service, as: (any IdentityOffer).self)
        let keys = BackgroundTask("token keys") { await keyring.watch(logger: logger) }
        let issuesTokens = surroundings.settings.auth.strategy == .embedded
        return HostedService(
            apis: { authenticator, authorizer in
                // Without tokens of its own it would be a second identity service beside the one that issues them.
                issuesTokens ? [service.service(authenticator: authenticator, authorizer: authorizer)] : []
            },
            background: keyring.folder == nil ? [] : [keys])
    }
}

extension IdentityService: IdentityOffer {
    public func quota(ofServiceType type: String) -> any QuotaLimits { limits(ofServiceType: type) }

    public func neighbours(_ keystone: KeystoneSettings) -> Neighbours {
        let own = serviceTokens(
            as: ServiceAccount(
                user: keystone.username, userDomain: keystone.userDomain, project: keystone.project,
                projectDomain: keystone.projectDomain))
        return Neighbours(
            tokens: own, catalog: own, region: keystone.region, caFile: keystone.certificateAuthority)
    }
}
