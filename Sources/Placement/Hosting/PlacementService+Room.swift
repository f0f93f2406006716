import Access
import Clients
public import Services
public import Settings

extension ServiceName {
    public static let placement = ServiceName("placement")
}

extension PlacementService {
    /// This service in the control plane's list.
    public static let room = ServiceRoom(
        settings: ServiceSettings(.placement, title: "Placement") { PlacementSettings(&$0) },
        migrations: PlacementMigrations.all,
        policy: PolicyTable(PlacementPolicy.rules, wording: .placement),
        catalog: CatalogPlace(type: "placement", name: "placement", path: "/placement"),
        open: { surroundings in hosted(in: surroundings) })

    private static func hosted(in surroundings: ServiceSurroundings) -> HostedService {
        let section: PlacementSettings = surroundings.settings.section(of: .placement)
        let service = PlacementService(
            store: surroundings.store, feed: surroundings.feed, options: PlacementOptions(section),
            logger: surroundings.logger)
        surroundings.offers.offer(service, as: PlacementService.self)
        if surroundings.settings.services.enabled.contains(.placement) {
            surroundings.offers.offer(LocalPlacementClient(service), as: (any PlacementClient).self)
        }
        return HostedService(
            apis: { authenticator, authorizer in
                [
                    service.service(authenticator: authenticator, authorizer: authorizer),
                    service.explainService(authenticator: authenticator, authorizer: authorizer),
                ]
            },
            prepare: { try await service.warm() })
    }
}
