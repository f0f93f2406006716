import Host
import Model
import Testing

@Suite("Interfaces in other network namespaces")
struct NetworkNamespaceTests {
    private let host = BuiltHost()

    /// What `vfio-pci` has, or nobody, has no interface for another reason.
    @Test("a function whose driver shows no interface is not free")
    func hidden() {
        host.pci("0000:01:00.0", driver: "mlx5_core")
        host.pci("0000:01:00.1", driver: "mlx5_core", physical: "0000:01:00.0")
        host.pci("0000:01:00.2", driver: "mlx5_core", physical: "0000:01:00.0")
        host.pci("0000:01:00.3", driver: "mlx5_vfio_pci", physical: "0000:01:00.0")
        host.pci("0000:02:00.0")
        host.interface("eth0", on: "0000:01:00.0")
        host.interface("eth0v1", on: "0000:01:00.2")
        host.tree.folder("\(host.path("0000:01:00.1"))/net")
        let reasons = host.reasons()
        #expect(Set(reasons.keys) == ["0000:01:00.0", "0000:01:00.1"])
        #expect(reasons["0000:01:00.1"]?.first?.contains("none of them is in the agent's network namespace") == true)
        #expect(reasons["0000:01:00.0"] == ["its virtual function 0000:01:00.1 is in use by the host"])
    }

    @Test("also where the interface is below a virtio device, or its class is another")
    func elsewhere() {
        host.pci("0000:01:00.0", "1af4:1041", driver: "virtio-pci")
        host.pci("0000:02:00.0", "10ee:5005", classCode: "120000", driver: "xnic")
        host.tree.folder("\(host.path("0000:01:00.0"))/virtio0/net")
        host.tree.folder("\(host.path("0000:02:00.0"))/net")
        #expect(Set(host.reasons().keys) == ["0000:01:00.0", "0000:02:00.0"])
    }

    /// A container has `/sys/class/net` of its own, or sees the host's without the host's routes.
    @Test("in a container every card with a driver is fenced")
    func container() {
        host.pci("0000:01:00.0", driver: "ice")
        host.pci("0000:02:00.0", driver: "ice")
        host.tree.link("/sys/class/net/eth0", to: "../../devices/virtual/net/eth0")
        host.tree.file("/sys/devices/virtual/net/eth0/operstate", "up")
        host.routes(["eth0"], over: "eth0")
        #expect(host.reasons().count == 2)
        let other = BuiltHost()
        other.pci("0000:01:00.0", driver: "ice")
        other.interface("ens1", on: "0000:01:00.0")
        #expect(other.reasons().isEmpty)
        other.routes(["eth0"], over: "eth0", listing: false)
        #expect(
            other.reasons() == [
                "0000:01:00.0": [
                    "the routes of ens1 are in a network namespace that the agent does not see; run the agent in the host's"
                ]
            ])
        other.routes(["eth0"], over: "eth0")
        #expect(other.reasons().count == 1)
        // With the host's processes in sight, the host's routes are.
        other.routes(["ens1"], over: "ens1", in: "/proc/1/net")
        #expect(other.reasons() == ["0000:01:00.0": ["ens1 carries the default route"]])
    }

    @Test("a tree that shows no interfaces says nothing by having none")
    func nothingShown() {
        host.pci("0000:01:00.0", driver: "ice")
        #expect(host.reasons().isEmpty)
    }
}
