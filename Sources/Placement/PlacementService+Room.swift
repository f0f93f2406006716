import Access
public import Services
public import Settings

extension ServiceName {
    public static let placement = ServiceName("placement")
}

extension PlacementService {
    /// What the control plane's list has of this service.
    public static let room = ServiceRoom(
        settings: ServiceSettings(.placement, title: "Placement") { PlacementSettings(&$0) },
        migrations: PlacementMigrations.all,
        policy: PolicyTable(PlacementPolicy.rules, wording: .placement),
        catalog: CatalogPlace(type: "placement", name: "placement", path: "/placement"))
}
