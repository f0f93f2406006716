import Host
import Model
import Testing

@testable import Drivers

@Suite struct DeviceGroupTests {
    private func discover(_ json: String, on host: RecordedHost? = nil) throws -> Discovery {
        let recorded = try host ?? fixture("two-socket")
        let driver = PCIDriver(DriverOptions(root: recorded.root, deviceSpecs: try DeviceSpec.list(json: json)))
        return try driver.discover(DiscoveryPass(snapshot: HostSnapshot(recorded.root), host: "h"))
    }

    private static let pair = #"""
        [{"address":"0000:82:10.0","group":"g1","group_type":"gpu-pair","traits":"left","one_time_use":true},
         {"address":"0000:82:10.1","group":"g1","group_type":"gpu-pair","traits":"right"},
         {"address":"0000:82:10.2"}]
        """#

    @Test func oneUnitWithTheTraitsOfAll() throws {
        let discovery = try discover(Self.pair)
        #expect(discovery.devices.map { $0.deployables[0].name } == ["h_0000:82:10.2", "h_PCI_GROUP_g1"])
        let group = discovery.devices[1]
        #expect(group.controlPath == #"{"group": "g1"}"# && group.facts["numa_node"] == "1")
        let deployable = group.deployables[0]
        #expect(deployable.resourceClass == "CUSTOM_PCI_GROUP_GPU_PAIR" && deployable.accelerators == 1)
        for trait in ["CUSTOM_LEFT", "CUSTOM_RIGHT", "CUSTOM_PCI_GROUP_GPU_PAIR", "HW_PCI_ONE_TIME_USE"] {
            #expect(deployable.traits.contains(trait), "\(trait)")
        }
        #expect(deployable.handles.count == 1)
        let handle = deployable.handles[0]
        #expect(handle.info["members"] == "0000:82:10.0,0000:82:10.1" && handle.info["group_type"] == nil)
        #expect(handle.info["one_time_use"] == "true" && handle.info["device"] == "10" && handle.needsCleaning)
        #expect(HandleUnit.names(of: handle) == ["0000:82:10.0", "0000:82:10.1"])
    }

    /// What an agent remembers of a group hangs on it: over releases, and whatever else its entries say.
    @Test func aGroupIsKnownByWhichFunctionsItsEntriesMean() throws {
        let known = try discover(Self.pair).devices[1].facts["group_spec"]
        #expect(known == "1bf1a6afee75d827b397de2dc4b35d5")
        let traits = Self.pair.replacing("\"left\",\"one_time_use\":true", with: "\"other\"")
        #expect(try discover(traits).devices[1].facts["group_spec"] == known)
        let others = Self.pair.replacing("82:10.1", with: "82:10.3")
        #expect(try discover(others).devices.last?.facts["group_spec"] != known)
    }

    @Test func everyMemberIsCleaned() async throws {
        let recorded = try fixture("two-socket")
        let driver = PCIDriver(
            DriverOptions(root: recorded.root, deviceSpecs: try DeviceSpec.list(json: Self.pair)))
        let group = try #require(
            try driver.discover(DiscoveryPass(snapshot: HostSnapshot(recorded.root), host: "h")).devices.last)
        let record = try await driver.clean(HandleOrder(for: group.deployables[0].handles[0]))
        #expect(record.methods.count == 2 && record.device["address"] == "0000:82:10.0 0000:82:10.1")
    }

    /// A drive that is mounted cannot be part of anything, and one function is no group.
    @Test func whatIsNotWholeIsNotOffered() throws {
        let fenced = try discover(
            #"""
            [{"address":"0000:82:10.0","group":"g1"},{"address":"0000:82:10.1","group":"g1"},
             {"address":"0000:21:00.0","group":"g1"},{"address":"0000:82:10.2","group":"g2"}]
            """#)
        #expect(fenced.devices.isEmpty)
        let notes = fenced.notes.filter { $0.path.hasPrefix("/group/") }
        #expect(notes.map(\.path) == ["/group/g1", "/group/g2"])
        #expect(notes[0].text.contains("0000:21:00.0: nvme0n1 is mounted"))
        #expect(notes[1].text.contains("at least two members, and 1"))
    }
}
