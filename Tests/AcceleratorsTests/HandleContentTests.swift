import HTTPTypes
import Model
import Store
import TestJSON
import Testing

@testable import Accelerators

@Suite struct HandleContentTests {
    static let pci = ["domain": "0000", "bus": "0c", "device": "00", "function": "1"]

    @Test(arguments: [
        (AttachHandleType.pci, pci), (.testPCI, pci), (.pci, pci.merging(["physical_network": "a"]) { $1 }),
        (.pci, pci.merging(["managed": "true", "live_migratable": "false"]) { $1 }),
        (.mdev, pci.merging(["asked_type": "nvidia-223", "vgpu_mark": "nvidia-223_0"]) { $1 }),
        (.mdev, ["parent": "mtty", "asked_type": "mtty-2", "vgpu_mark": "mtty-2_0"]),
        (.nvme, pci.merging(["namespace": "1"]) { $1 }), (.block, ["path": "/dev/disk/by-id/nvme-x"]),
        (.usb, ["bus": "1", "port": "1.4.2"]), (.cxl, ["region": "region0"]),
    ])
    func `what a consumer can use is taken`(type: AttachHandleType, info: [String: String]) {
        #expect(HandleContent.problem(with: info, of: type) == nil)
    }

    @Test(arguments: [
        (AttachHandleType.pci, [:], "domain"), (.pci, pci.merging(["bus": "xy"]) { $1 }, "bus"),
        (.pci, pci.merging(["function": ""]) { $1 }, "function"), (.mdev, pci, "asked_type"),
        (.mdev, ["parent": "mtty"], "asked_type"), (.mdev, ["asked_type": "mtty-2"], "domain"),
        (.pci, pci.merging(["managed": "yes"]) { $1 }, "managed"), (.nvme, pci, "namespace"),
        (.nvme, pci.merging(["namespace": "-1"]) { $1 }, "namespace"), (.block, ["path": "/etc/passwd"], "path"),
        (.block, ["path": "/dev/../etc"], "path"), (.usb, ["bus": "1", "port": "1..2"], "port"),
        (.cxl, ["region": ""], "region"), (.other("DAX"), ["region": "dax0.0"], "DAX"),
    ])
    func `what it cannot is refused by name`(type: AttachHandleType, info: [String: String], key: String) {
        #expect(HandleContent.problem(with: info, of: type)?.contains("'\(key)'") == true)
    }

    /// W39: upstream's enumerations need a migration for each new type; a bad handle holds up no other.
    @Test func `W39 the newer types are bound like the others, and a bad handle is left out`() async throws {
        let fixture = try await AcceleratorFixture()
        var device = Reports.device(units: 1)
        device.deployables[0].handles = [
            AttachHandleReport(type: .block, info: ["path": "/etc/passwd"]),
            AttachHandleReport(type: .other("DAX"), info: ["region": "dax0.0"]),
            AttachHandleReport(type: .nvme, info: Self.pci.merging(["namespace": "1"]) { $1 }),
        ]
        try await fixture.report(Reports.host([device]))
        try await fixture.profile("p")
        let ids = try await fixture.requests("p")
        let answer = try await fixture.bind(ids, instance: Reports.instance(1), provider: Reports.provider(1))
        #expect(answer.status == 202)
        let request = try await fixture.show(ids[0])
        #expect(request["attach_handle_type"] == "NVME")
        #expect(request["attach_handle_info"]["namespace"] == "1")
        #expect(try await fixture.handleStates() == ["held": 1])
    }

    @Test func `a handle that a later release recorded is shown as it was recorded`() async throws {
        let fixture = try await AcceleratorFixture()
        try await fixture.report(Reports.host([Reports.device(units: 1)]))
        try await fixture.store.write { transaction in
            _ = try transaction.execute(
                #"UPDATE attach_handles SET type = 'DAX', info = '{"region":"dax0.0"}'"#)
        }
        let shown = try await fixture.call(.get, "/v2/attach_handles", version: "2.4").json["attach_handles"][0]
        #expect(shown["attach_type"] == "DAX" && shown["attach_info"]["region"] == "dax0.0")
    }
}
