import Model
import Testing

@testable import Host

@Suite("What is held")
struct HeldFunctionsTests {
    private let host = BuiltHost()

    private func objection(_ address: String, told: Set<PCIAddress> = []) -> String? {
        HeldFunctions(host.snapshot, told: told).objection(toDividing: host.address(address))
    }

    @Test("drivers for guests are vfio-pci, its variants by whatever vendor, and those for other programs")
    func guestDrivers() {
        for name in [
            "vfio-pci", "mlx5_vfio_pci", "hisi_acc_vfio_pci", "nvgrace_gpu_vfio_pci", "virtio_vfio_pci", "xe-vfio-pci",
            "uio_pci_generic", "igb_uio", "pciback",
        ] { #expect(GuestDriver.isOne(name), "\(name)") }
        for name in ["mlx5_core", "nvme", "pci-stub", "pci-pf-stub", "nvidia", "novfiology"] {
            #expect(!GuestDriver.isOne(name), "\(name)")
        }
    }

    @Test("a physical function, and a virtual one of it, that is bound to a driver for guests")
    func byDriver() {
        host.pci("0000:01:00.0", driver: "mlx5_core")
        host.pci("0000:01:00.1", driver: "mlx5_core", physical: "0000:01:00.0")
        host.pci("0000:01:00.2", driver: "mlx5_vfio_pci", physical: "0000:01:00.0")
        host.virtual("0000:01:00.0", ["0000:01:00.1", "0000:01:00.2"])
        host.pci("0000:02:00.0", driver: "vfio-pci")
        host.virtual("0000:02:00.0", [])
        #expect(
            objection("0000:01:00.0")
                == "keeps its 2 virtual functions, for 0000:01:00.2 may be in a guest's hands: it is bound to 'mlx5_vfio_pci'"
        )
        #expect(
            objection("0000:02:00.0")
                == "is not divided, for 0000:02:00.0 may be in a guest's hands: it is bound to 'vfio-pci'")
        host.tree.remove("\(host.path("0000:01:00.2"))/driver")
        #expect(objection("0000:01:00.0") == nil)
        // A driver that nobody here has heard of.
        host.tree.link("\(host.path("0000:01:00.2"))/driver", to: "../../../bus/pci/drivers/acme_migrator")
        #expect(objection("0000:01:00.0") == nil)
        host.tree.folder("\(host.path("0000:01:00.2"))/vfio-dev/vfio3")
        #expect(objection("0000:01:00.0")?.contains("0000:01:00.2") == true)
    }

    @Test("mediated devices, vendors' types and vDPA devices of virtual functions, whose drivers are the host's")
    func byParts() throws {
        host.pci("0000:01:00.0", driver: "nvidia")
        for name in ["0000:01:00.1", "0000:01:00.2", "0000:01:00.3"] {
            host.pci(name, driver: "nvidia", physical: "0000:01:00.0")
        }
        host.virtual("0000:01:00.0", ["0000:01:00.1", "0000:01:00.2", "0000:01:00.3"])
        #expect(objection("0000:01:00.0") == nil)
        let name = "11111111-2222-4333-8444-555555555555"
        host.tree.link("/sys/bus/mdev/devices/\(name)", to: "../../../devices/pci0000:00/0000:01:00.2/\(name)")
        host.tree.link("\(host.path("0000:01:00.2"))/\(name)/mdev_type", to: "../mdev_supported_types/nvidia-474")
        #expect(objection("0000:01:00.0")?.hasSuffix("it has the mediated device \(name)") == true)
        host.tree.remove("/sys/bus/mdev/devices/\(name)")
        host.tree.file("\(host.path("0000:01:00.3"))/nvidia/current_vgpu_type", "558")
        host.tree.file("\(host.path("0000:01:00.3"))/nvidia/creatable_vgpu_types", "")
        #expect(
            objection("0000:01:00.0")?.hasSuffix(
                "0000:01:00.3 may be in a guest's hands: it has the type 558 of its vendor") == true)
        host.tree.file("\(host.path("0000:01:00.3"))/nvidia/current_vgpu_type", "0")
        #expect(objection("0000:01:00.0") == nil)
        host.tree.link("/sys/bus/vdpa/devices/vdpa0", to: "../../../devices/pci0000:00/0000:01:00.1/vdpa0")
        #expect(objection("0000:01:00.0")?.hasSuffix("it has the vDPA device vdpa0") == true)
    }

    @Test("what the control plane says, and the rest of a guest's IOMMU group")
    func byOthers() {
        host.pci("0000:01:00.0", group: 1, driver: "i40e")
        host.pci("0000:01:00.1", group: 2, driver: "iavf", physical: "0000:01:00.0")
        host.virtual("0000:01:00.0", ["0000:01:00.1"])
        #expect(objection("0000:01:00.0") == nil)
        #expect(
            objection("0000:01:00.0", told: [host.address("0000:01:00.1")])?.contains("control plane says") == true)
        #expect(
            objection("0000:01:00.0", told: [host.address("0000:01:00.0")])?.contains("control plane says") == true)
        host.pci("0000:01:02.0", group: 1, driver: "vfio-pci")
        #expect(
            objection("0000:01:00.0")?.hasSuffix("0000:01:02.0 of its IOMMU group 1 is bound to a driver for guests")
                == true)
        host.pci("0000:00:1c.0", classCode: "60400", group: 1)
        #expect(HeldFunctions(host.snapshot).sign(of: host.address("0000:00:1c.0")) == nil)
    }
}
