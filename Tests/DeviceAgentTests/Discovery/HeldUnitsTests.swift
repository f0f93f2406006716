import Drivers
import Link
import Model
import Testing

@testable import DeviceAgent

/// What is held stays what it is until it is let go.
@Suite struct HeldUnitsTests {
    private func function(_ number: Int, _ resourceClass: String, type: String? = nil) -> DeviceReport {
        var device = device("h1_\(number)", path: "p\(number)")
        device.deployables[0].resourceClass = resourceClass
        device.deployables[0].traits = ["CUSTOM_OF_\(resourceClass)"]
        var info = ["domain": "0000", "bus": "82", "device": "10", "function": "\(number)"]
        info["asked_type"] = type
        device.deployables[0].handles = [AttachHandleReport(type: .pci, info: info)]
        return device
    }

    private func settle(
        _ devices: [DeviceReport], since before: [DeviceReport], held: [DeviceReport]?, saysTypes: Bool = true
    ) -> Findings {
        var findings = Findings(
            devices: ["scripted": devices], drivers: [DriverReport(name: "scripted", supportLevel: "experimental")])
        #expect(HeldUnits.isChanged(findings, since: ["scripted": before]))
        let holdings = held.map { devices in
            devices.map { device in
                let handle = device.deployables[0].handles[0]
                return HandleHolding(
                    instance: IDSource.random.next(), provider: device.deployables[0].resourceProvider,
                    driver: "scripted", type: saysTypes ? handle.type : nil, info: handle.info)
            }
        }
        HeldUnits.settle(&findings, since: ["scripted": before], holdings: holdings)
        return findings
    }

    @Test("the class of a held function is not changed, that of a free one is")
    func heldAndFree() {
        let before = [function(0, "CUSTOM_A"), function(1, "CUSTOM_A")]
        let now = [function(0, "CUSTOM_B"), function(1, "CUSTOM_B")]
        let findings = settle(now, since: before, held: [before[0]])
        #expect(findings.all == [before[0], now[1]])
        #expect(findings.conditions.map(\.kind) == [.held])
        #expect(findings.conditions[0].subject == "h1_0")
        #expect(
            findings.conditions[0].reason
                == "It is held as CUSTOM_A, and would be CUSTOM_B now. The change is refused; it is made when its holders let go."
        )
        // What is kept is what the next look begins with: refused again, and made when it is free.
        #expect(settle(now, since: findings.all, held: [before[0]]).all == findings.all)
        let free = settle(now, since: findings.all, held: [])
        #expect(free.all == now && free.conditions.isEmpty)
    }

    @Test("while nobody knows who holds what, nothing changes its class")
    func withoutTheControlPlane() {
        let (before, now) = ([function(0, "CUSTOM_A")], [function(0, "CUSTOM_B")])
        let findings = settle(now, since: before, held: nil)
        #expect(findings.all == before)
        #expect(findings.conditions.first?.reason.hasPrefix("Whether somebody holds it as CUSTOM_A") == true)
    }

    @Test("an earlier control plane does not report types: a function is a function all the same")
    func withoutTypes() {
        let (before, now) = ([function(0, "CUSTOM_A")], [function(0, "CUSTOM_B")])
        #expect(settle(now, since: before, held: before, saysTypes: false).all == before)
    }

    @Test(
        "a held handle that is no function stays what it is, too",
        arguments: [
            AttachHandleReport(type: .block, info: ["path": "/dev/disk/by-id/d1"]),
            AttachHandleReport(type: .usb, info: ["bus": "1", "port": "1.4"]),
            AttachHandleReport(type: .cxl, info: ["region": "region0"]),
            AttachHandleReport(type: .mdev, info: ["parent": "mtty", "asked_type": "mtty-2", "vgpu_mark": "mtty-2_0"]),
        ])
    func otherTypes(_ handle: AttachHandleReport) {
        var before = [function(0, "CUSTOM_A")]
        before[0].deployables[0].handles = [handle]
        var now = before
        now[0].deployables[0].resourceClass = "CUSTOM_B"
        let findings = settle(now, since: before, held: before)
        #expect(findings.all == before && findings.conditions.map(\.kind) == [.held])
        #expect(settle(now, since: before, held: []).all == now)
    }

    @Test("a function that is to be another type of vGPU is the same function")
    func anotherTypeOfOneFunction() {
        let (before, now) = (
            [function(0, "CUSTOM_A", type: "nvidia-1")], [function(0, "CUSTOM_B", type: "nvidia-2")]
        )
        #expect(settle(now, since: before, held: before).all == before)
        #expect(settle(now, since: before, held: []).all == now)
    }

    @Test("what is in a held handle does not change, for the same function would be two handles")
    func anotherHandleOfOneFunction() {
        let before = [function(0, "CUSTOM_A"), function(1, "CUSTOM_A")]
        var now = before
        for index in now.indices { now[index].deployables[0].handles[0].info["managed"] = "false" }
        let findings = settle(now, since: before, held: [before[0]])
        #expect(findings.all == [before[0], now[1]])
        #expect(
            findings.conditions.map(\.reason) == [
                "It is held with managed not given, and would be with managed false now. The change is refused; it is made "
                    + "when its holders let go."
            ])
        #expect(settle(now, since: findings.all, held: []).all == now)
    }

    @Test("a device group that is held is not added to")
    func aGroupThatGrows() {
        func group(_ members: String) -> DeviceReport {
            var group = function(0, "CUSTOM_PCI_GROUP")
            group.facts = ["group": "g", "group_spec": "s", "members": members.replacing(",", with: " ")]
            group.deployables[0].handles[0].info["members"] = members
            return group
        }
        let (before, now) = ([group("0000:82:10.0,0000:82:10.1")], [group("0000:82:10.0,0000:82:10.1,0000:82:10.2")])
        let findings = settle(now, since: before, held: before)
        #expect(findings.all == before && findings.conditions.map(\.kind) == [.held])
        #expect(
            findings.conditions[0].reason.contains("would be with members 0000:82:10.0,0000:82:10.1,0000:82:10.2 now"))
        #expect(settle(now, since: findings.all, held: []).all == now)
    }

    @Test("nobody is asked as long as nothing becomes something else")
    func unchanged() {
        let before = [function(0, "CUSTOM_A")]
        var now = before
        now[0].facts["health"] = "well"
        for devices in [before, now, [], before + [function(1, "CUSTOM_B")]] {
            let findings = Findings(devices: ["scripted": devices])
            #expect(!HeldUnits.isChanged(findings, since: ["scripted": before]))
        }
    }
}
