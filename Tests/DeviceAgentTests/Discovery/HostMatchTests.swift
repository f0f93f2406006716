import Drivers
import Host
import Model
import Testing

@testable import DeviceAgent

@Suite("What an operator is told before an agent runs")
struct HostMatchTests {
    private func match(
        _ recorded: RecordedHost, _ json: String, drivers names: [String] = ["pci"]
    ) async throws -> (lines: [String: DeviceSpecReport.Line], text: String) {
        let specs = try DeviceSpec.list(json: json)
        let options = DriverOptions(root: recorded.root, deviceSpecs: specs, commands: recorded.commands)
        let drivers = try DriverRegistry.standard.drivers(named: names, options: options).drivers
        let match = await HostMatch(host: "h", root: recorded.root, drivers: drivers)
        let lines = match.explain(specs).lines.map { ($0.address.description, $0) }
        return (Dictionary(uniqueKeysWithValues: lines), match.text(layout: .legacy))
    }

    @Test("a member of a group that is not whole is not said to be offered")
    func membersOfBrokenGroups() async throws {
        let (lines, text) = try await match(
            try fixture("two-socket"),
            #"[{"address":"0000:82:10.0","group":"g"},{"address":"0000:21:00.0","group":"g"},{"address":"0000:82:10.1"}]"#
        )
        #expect(lines["0000:82:10.0"]?.isOffered == false)
        #expect(
            lines["0000:82:10.0"]?.text.hasPrefix(
                "not offered: it is a member of the group 'g', which is not offered: 0000:21:00.0: nvme0n1 is mounted")
                == true)
        #expect(lines["0000:82:10.1"]?.isOffered == true)
        #expect(!text.contains("PCI_GROUP"))
    }

    @Test("nor a function that shares its IOMMU group, or that another driver has, or without the driver")
    func othersThings() async throws {
        let recorded = try fixture("two-socket")
        for name in ["0000:82:10.0", "0000:82:10.1"] {
            let path = try recorded.root.destination(of: "/sys/bus/pci/devices/\(name)")
            recorded.tree.link("\(path)/iommu_group", to: "../../../../kernel/iommu_groups/77")
        }
        let specs =
            #"[{"vendor_id":"10de","product_id":"20b5"},{"vendor_id":"8086","product_id":"4941"},{"vendor_id":"dead"}]"#
        let (lines, text) = try await match(recorded, specs, drivers: ["intel_qat", "pci"])
        #expect(lines["0000:82:10.0"]?.text.contains("it shares IOMMU group 77 with 0000:82:10.1") == true)
        #expect(lines["0000:82:10.1"]?.isOffered == false && lines["0000:82:10.2"]?.isOffered == true)
        #expect(text.contains("! 0000:82:10.0: The driver 'pci' does not offer it: it shares IOMMU group 77"))
        #expect(text.contains("! pci.device_spec 3: It matches nothing on this host: there is no such function.\n"))
        let without = try await match(recorded, specs, drivers: ["mdev"])
        #expect(without.lines.values.allSatisfy { !$0.isOffered })
        #expect(
            without.lines["0000:82:10.2"]?.text.contains("the driver 'pci' is not in agent.enabled_drivers") == true)
        let nvidia = try await match(recorded, specs, drivers: ["nvidia", "pci"])
        #expect(nvidia.lines["0000:23:00.0"]?.text.contains("the driver 'nvidia', which stands before, has it") == true)
    }

    @Test("what no entry of the configuration meets is a condition of the host")
    func idleEntries() async throws {
        let recorded = try fixture("two-socket")
        let options = DriverOptions(
            root: recorded.root, deviceSpecs: try DeviceSpec.list(json: #"{"vendor_id":"dead"}"#))
        let discoverer = Discoverer(host: "h", root: recorded.root, drivers: [PCIDriver(options)])
        let conditions = await discoverer.look(before: [:]).findings.conditions
        #expect(conditions.map(\.kind) == [.idle] && conditions.map(\.subject) == ["pci.device_spec 1"])
    }
}
