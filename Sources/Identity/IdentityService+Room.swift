import Access
public import Services
public import Settings

extension ServiceName {
    public static let identity = ServiceName("identity")
}

extension IdentityService {
    /// What the control plane's list has of this service.
    public static let room = ServiceRoom(
        settings: ServiceSettings(.identity, title: "the identity service") { IdentitySettings(&$0) },
        migrations: IdentityMigrations.all,
        policy: PolicyTable(IdentityPolicy.rules, wording: .identity),
        catalog: CatalogPlace(type: "identity", name: "keystone", path: "/identity"))
}
