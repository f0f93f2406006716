import Host
import Model
import Testing

@testable import Drivers

@Suite struct LayoutTests {
    private func fleet(_ host: String, _ json: String) throws -> [DeviceReport] {
        let recorded = try fixture(host)
        let driver = PCIDriver(DriverOptions(root: recorded.root, deviceSpecs: try DeviceSpec.list(json: json)))
        return try driver.discover(DiscoveryPass(snapshot: HostSnapshot(recorded.root), host: "h")).devices
    }

    @Test("W34: interchangeable functions of a node are one provider")
    func interchangeableFunctionsOfANode() throws {
        let devices = try fleet("fleet", #"[{"vendor_id":"10de"},{"product_id":"4941"}]"#)
        #expect(devices.count == 192)
        #expect(ProviderLayout.legacy.arranged(devices, on: "h") == devices)
        let grouped = ProviderLayout.grouped.arranged(devices, on: "h")
        #expect(
            grouped.map { $0.deployables[0].name } == [
                "h_PCI_10de_20b5_CUSTOM_PCI_numa0", "h_PCI_10de_20b5_CUSTOM_PCI_numa1",
                "h_PCI_8086_4941_CUSTOM_PCI_numa1",
            ])
        #expect(grouped.map { $0.deployables[0].accelerators } == [64, 64, 64])
        #expect(grouped[0].deployables[0].traits.last == "CUSTOM_NUMA_NODE_0")
        #expect(grouped.flatMap { $0.deployables[0].handles }.count == 192)
        #expect(ProviderLayout.grouped.arranged(devices, on: "h") == grouped)
    }

    @Test func whatDiffersStaysApart() throws {
        let devices = try fleet(
            "fleet",
            #"[{"address":"0000:42:00.0","traits":"a"},{"address":"0000:42:00.1","traits":"b"},{"address":"0000:42:00.2","traits":"b"}]"#
        )
        let grouped = ProviderLayout.grouped.arranged(devices, on: "h")
        #expect(grouped.map { $0.deployables[0].accelerators } == [1, 2])
        #expect(Set(grouped.map { $0.deployables[0].name }).count == 2)
    }

    @Test func thereAndBack() throws {
        let legacy = try fleet("fleet", #"{"vendor_id":"10de"}"#)
        let grouped = ProviderLayout.grouped.arranged(legacy, on: "h")
        let there = LayoutChange(from: legacy, to: grouped)
        #expect(there.kept.isEmpty && there.moves.count == 128 && there.added.count == 2)
        #expect(there.moves.allSatisfy { $0.to.count == 1 && $0.to[0].handles.count == 1 })
        let back = LayoutChange(from: grouped, to: legacy)
        #expect(back.moves.count == 2 && back.added.count == 128)
        #expect(back.moves.allSatisfy { $0.to.count == 64 })
        // Every handle arrives where it came from.
        let origins = Dictionary(uniqueKeysWithValues: there.moves.map { ($0.to[0].handles[0], $0.from) })
        for target in back.moves.flatMap(\.to) { #expect(origins[target.handles[0]] == target.provider) }
        #expect(there.preview.hasSuffix("0 providers stay, 2 are new\n"))
        // By name, with the class that takes another's place.
        #expect(there.endedClasses == ["CUSTOM_PCI": ["CUSTOM_PCI_10DE_20B5"]])
        let lines = there.preview.split(separator: "\n")
        #expect(
            lines[0]
                == "h_0000:42:00.0 goes to h_PCI_10de_20b5_CUSTOM_PCI_numa0 as CUSTOM_PCI_10DE_20B5 (1 handle)")
        #expect(lines.contains("! CUSTOM_PCI is offered no longer; what it was becomes CUSTOM_PCI_10DE_20B5"))
        #expect(back.endedClasses == ["CUSTOM_PCI_10DE_20B5": ["CUSTOM_PCI"]])
        let same = LayoutChange(from: legacy, to: legacy)
        #expect(same.endedClasses.isEmpty && same.moves.isEmpty && same.added.isEmpty && same.kept.count == 128)
    }

    /// The bar of a thousand functions, and the time of the preview with it.
    @Test func aThousandFunctions() throws {
        let template = try #require(try fleet("fleet", #"{"address":"0000:42:00.0"}"#).first)
        let legacy = (0..<1000).map { index -> DeviceReport in
            var device = template
            let name = "h_\(index)"
            device.controlPath = name
            device.deployables[0].name = name
            device.deployables[0].resourceProvider = ProviderNames.identifier(ofProvider: name)
            device.deployables[0].handles[0].info["bus"] = "\(index)"
            return device
        }
        let clock = ContinuousClock()
        var change: LayoutChange?
        let time = clock.measure {
            change = LayoutChange(from: legacy, to: ProviderLayout.grouped.arranged(legacy, on: "h"))
        }
        #expect(change?.moves.count == 1000 && change?.added.count == 1)
        print("layout change of 1,000 functions: \(time) (this build)")
    }
}
