import Host
import Model
import Testing

@Suite struct TwoSocketHostTests {
    let recorded: RecordedHost
    let host: HostSnapshot

    init() throws {
        recorded = try fixture("two-socket")
        host = HostSnapshot(recorded.root)
    }

    private func function(_ address: String) throws -> PCIFunction {
        try #require(PCIAddress(address).flatMap { host.function(at: $0) })
    }

    @Test func nothingIsAmiss() {
        #expect(host.problems.isEmpty)
        #expect(host.hostName == "two-socket")
        #expect(host.functions.count == 46)
        #expect(host.functions == host.functions.sorted { $0.address < $1.address })
        #expect(recorded.note.contains("Two sockets"))
    }

    @Test("W37: functions are read from the kernel's files, without rights or tools")
    func physicalFunctionOfTheGPU() throws {
        let gpu = try function("0000:82:00.0")
        #expect(gpu.vendorID == "10de" && gpu.productID == "20b5")
        #expect(gpu.subsystemVendor == 0x10de && gpu.subsystemProduct == 0x1533)
        #expect(gpu.classCode.name == "3D controller" && gpu.classCode.isGPU)
        #expect(gpu.numaNode == 1)
        #expect(gpu.iommuGroup == 15)
        #expect(gpu.driver == "pci-pf-stub" && gpu.driverOverride == "pci-pf-stub")
        #expect(gpu.serial == "1122334455660001")
        #expect(gpu.resetMethods == ["flr", "pm", "bus"])
        #expect(gpu.link?.speed == "2.5 GT/s PCIe" && gpu.link?.width == 1)
        #expect(gpu.bars.map(\.size) == [65536, 64 << 20, 4096])
        #expect(gpu.sriov?.total == 4 && gpu.sriov?.enabled == 4 && gpu.sriov?.autoprobe == true)
        #expect(gpu.sriov?.functions.map(\.description) == (0..<4).map { "0000:82:10.\($0)" })
        #expect(!gpu.isVirtualFunction)
    }

    @Test func virtualFunctionsKnowTheirParent() throws {
        let virtual = host.functions.filter(\.isVirtualFunction)
        #expect(virtual.count == 16)
        for function in virtual {
            let physical = try #require(function.physicalFunction.flatMap { host.function(at: $0) })
            #expect(physical.sriov?.functions.contains(function.address) == true)
            #expect(physical.numaNode == function.numaNode)
        }
        #expect(try function("0000:24:10.7").productID == "4941")
        #expect(try function("0000:24:10.7").driver == nil)
    }

    @Test func numaNodesAndGroups() throws {
        #expect(host.nodes.map(\.number) == [0, 1])
        #expect(host.nodes.map(\.distances) == [[10, 20], [20, 10]])
        #expect(host.nodes.allSatisfy { ($0.memory ?? 0) > 0 && $0.processors != nil })
        // Minus one, which is what the kernel says of devices without a node.
        #expect(try function("0000:00:02.0").numaNode == nil)
        #expect(host.functions.allSatisfy { $0.iommuGroup != nil })
    }

    @Test func drives() throws {
        #expect(host.nvme.map(\.serial) == ["LABNVME0002", "LABNVME0001"])
        #expect(host.nvme.map(\.address?.description) == ["0000:21:00.0", "0000:81:00.0"])
        // The second has a subsystem; its data stand in a multipath device.
        #expect(host.nvme.map { $0.namespaces.map(\.name) } == [["nvme0n1"], ["nvme1n1"]])
        #expect(host.nvme.allSatisfy { $0.namespaces.first?.size == 256 << 20 && $0.transport == "pcie" })
        let multipath = try #require(host.blocks.first { $0.name == "nvme1n1" })
        #expect(multipath.functions.map(\.description) == ["0000:81:00.0"])
    }

    @Test func interfacesAndRoutes() {
        #expect(host.interface(named: "enp0s3")?.address?.description == "0000:00:03.0")
        #expect(host.interface(named: "enp34s0v1")?.address?.description == "0000:22:10.2")
        #expect(host.interface(named: "lo")?.address == nil)
        #expect(host.routes.contains { $0.destination == "default" && $0.interface == "enp0s3" })
        #expect(host.routes.contains { $0.destination == "10.0.2.0/24" })
    }

    @Test func whatTheHostNeedsIsFenced() throws {
        let fencing = Fencing(host)
        #expect(
            fencing.reasons.keys.map(\.description).sorted() == [
                "0000:00:02.0", "0000:00:03.0", "0000:00:1f.2", "0000:00:1f.3", "0000:21:00.0",
            ])
        let bus = try #require(PCIAddress("0000:00:1f.3"))
        #expect(fencing.reasons(for: bus).map(\.description) == ["it is the machine's own SMBus"])
        let drive = try #require(PCIAddress("0000:21:00.0"))
        #expect(fencing.reasons(for: drive).map(\.description) == ["nvme0n1 is mounted at /srv"])
        let card = try #require(PCIAddress("0000:00:03.0"))
        #expect(fencing.reasons(for: card).map(\.description).contains("enp0s3 carries the default route"))
    }

    @Test func mdevParentsAndTypes() throws {
        let host = HostSnapshot(try fixture("vgpu").root)
        #expect(host.problems.isEmpty)
        #expect(host.mdevParents.map(\.name) == ["0000:23:00.0", "0000:82:00.0", "mtty"])
        let parent = host.mdevParents[1]
        #expect(parent.address?.description == "0000:82:00.0")
        #expect(parent.types.map(\.name) == ["nvidia-474", "nvidia-475"])
        #expect(parent.types.map(\.title) == ["GRID A100-4C", "GRID A100-8C"])
        #expect(parent.types.map(\.available) == [23, 11])
        #expect(parent.types[0].devices == ["11111111-2222-4333-8444-555555555555"])
        #expect(host.mdevParents[2].address == nil)
        #expect(host.mdevs.map(\.parent) == ["0000:82:00.0", "mtty"])
        #expect(host.mdevs.map(\.type) == ["nvidia-474", "mtty-2"])
        let gpu = try #require(parent.address.flatMap { host.function(at: $0) })
        #expect(gpu.isMdevParent && gpu.driver == "nvidia")
    }
}
