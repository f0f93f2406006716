import Drivers
import Model
import Testing

@testable import DeviceAgent

@Suite struct GroupWatchTests {
    private func group(_ members: [String], spec: String = "s") -> DeviceReport {
        var device = device("h1_PCI_GROUP_g", path: "{\"group\": \"g\"}")
        device.facts = ["group": "g", "members": members.joined(separator: " "), "group_spec": spec]
        return device
    }

    private func settle(
        _ devices: [DeviceReport], _ records: inout [String: GroupWatch.Record], failure: String? = nil
    ) -> Findings {
        var findings = Findings(
            devices: ["pci": devices],
            drivers: [DriverReport(name: "pci", supportLevel: "experimental", failure: failure)])
        GroupWatch.settle(&findings, &records)
        return findings
    }

    @Test func aGroupThatLosesAMemberIsNotOfferedUntilItIsBack() {
        var records: [String: GroupWatch.Record] = [:]
        #expect(settle([group(["a", "b", "c"])], &records).all.count == 1)
        let broken = settle([group(["a", "c"])], &records)
        #expect(broken.all.isEmpty)
        #expect(broken.conditions.map(\.kind) == [.group])
        #expect(broken.conditions[0].reason == "The group is not offered: b is missing of its 3 members.")
        #expect(settle([group(["a", "b", "c"])], &records).all.count == 1)
        // It may grow, and shrink when its entries say so.
        #expect(settle([group(["a", "b", "c", "d"])], &records).all.count == 1)
        #expect(settle([group(["a", "b"], spec: "other")], &records).all.count == 1)
        #expect(records["g"]?.members == ["a", "b"])
    }

    @Test func whatNobodyNamesIsForgottenAndAFailingDriverForgetsNothing() {
        var records: [String: GroupWatch.Record] = [:]
        _ = settle([group(["a", "b"])], &records)
        _ = settle([], &records, failure: "it fell over")
        #expect(records.count == 1)
        _ = settle([], &records)
        #expect(records.isEmpty)
    }
}
