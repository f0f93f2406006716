import Access
import Services
import Settings
import Testing

@testable import ControlPlane

/// What a service gets by its one line in the list.
@Suite struct ServiceListTests {
    @Test func `each service has tables, rules, a place in the catalog and keys of its own`() async throws {
        #expect(ServiceList.all.count == Set(ServiceList.all.map(\.name)).count)
        #expect(Set(ServiceList.all.map(\.catalog.type)).count == ServiceList.all.count)
        let paths = Set(Settings.keys(ServiceList.settings).map(\.path))
        for service in ["identity", "placement", "accelerator"] {
            #expect(paths.contains("policy.\(service)_file"))
            #expect(paths.contains { $0.hasPrefix("\(service).") })
        }
        for room in ServiceList.all {
            #expect(!room.migrations.isEmpty && room.catalog.path.hasPrefix("/"))
            _ = try PolicyEngine(rules: room.policy.rules)
        }
    }

    @Test func `the catalog has the services that are offered`() throws {
        let settings = try Settings(overrides: ["services.enabled": .list([.text("accelerator"), .text("identity")])])
        let entries = Catalog.entries(settings.services.enabled, url: "https://cloud")
        #expect(entries.map(\.url) == ["https://cloud/identity", "https://cloud/accelerator/v2"])
        #expect(entries.map(\.name) == ["keystone", "cyborg"])
    }
}
