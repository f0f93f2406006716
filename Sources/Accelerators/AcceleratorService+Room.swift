import Access
public import Services
public import Settings

extension ServiceName {
    public static let accelerator = ServiceName("accelerator")
}

extension AcceleratorService {
    /// What the control plane's list has of this service.
    public static let room = ServiceRoom(
        settings: ServiceSettings(.accelerator, title: "the accelerator service") { AcceleratorSettings(&$0) },
        migrations: AcceleratorMigrations.all + SanitisationMigrations.all,
        policy: PolicyTable(AcceleratorPolicy.rules, wording: .accelerator),
        catalog: CatalogPlace(type: "accelerator", name: "cyborg", path: "/accelerator/v2"))
}
