import Host
import Model
import Synchronization
import Testing

@testable import Drivers

/// A host with NVMe drives of a few controllers and namespaces, composed for one test.
struct DriveFixture {
    struct Door {
        var address: String
        var controller: String
        /// Number of the controller in its drive.
        var number = 1
        /// Entries of its folder: `nvme0n1`, `nvme0c0n1`, `ng0n1`; with the namespace's number and its size in bytes.
        var entries: [(name: String, number: Int?, size: Int)] = []
        var serial = "S1"
        var nqn: String?
        var driver = "nvme"
    }

    let tree: MemoryTree

    init(_ doors: [Door], heads: [(name: String, size: Int)] = [], mounts: String = "", wwid: String? = nil) {
        let tree = MemoryTree()
        tree.file("/proc/sys/kernel/hostname", "drives\n")
        tree.file("/proc/self/mountinfo", mounts)
        for driver in ["nvme", "vfio-pci"] { tree.folder("/sys/bus/pci/drivers/\(driver)") }
        for (index, door) in doors.enumerated() {
            let home = "/sys/devices/pci0000:00/0000:00:0\(index + 1).0/\(door.address)"
            tree.link("/sys/bus/pci/devices/\(door.address)", to: "../../../\(home.dropFirst(5))")
            tree.file("\(home)/uevent", "PCI_CLASS=10802\nPCI_ID=144D:A824\nPCI_SUBSYS_ID=144D:0001\n")
            tree.file("\(home)/reset_method", "flr bus\n")
            tree.file("\(home)/driver_override", "(null)\n")
            tree.link("\(home)/iommu_group", to: "../../../kernel/iommu_groups/\(index + 1)")
            tree.link("\(home)/driver", to: "../../../../bus/pci/drivers/nvme")
            let base = "\(home)/nvme/\(door.controller)"
            tree.link("/sys/class/nvme/\(door.controller)", to: "../../\(base.dropFirst(5))")
            for (key, value) in [
                ("serial", door.serial), ("model", "Model X"), ("firmware_rev", "1.0"), ("state", "live"),
                ("transport", "pcie"), ("cntlid", "\(door.number)"), ("subsysnqn", door.nqn ?? "nqn.\(door.serial)"),
            ] { tree.file("\(base)/\(key)", value + "\n") }
            for (place, entry) in door.entries.enumerated() {
                tree.file("\(base)/\(entry.name)/dev", "259:\(16 * index + place)\n")
                guard let number = entry.number else { continue }
                tree.file("\(base)/\(entry.name)/nsid", "\(number)\n")
                tree.file("\(base)/\(entry.name)/size", "\(entry.size / 512)\n")
                if let wwid { tree.file("\(base)/\(entry.name)/wwid", "\(wwid)\n") }
                tree.link("/sys/class/block/\(entry.name)", to: "../../\(base.dropFirst(5))/\(entry.name)")
            }
        }
        if !heads.isEmpty {
            let folder = "/sys/devices/virtual/nvme-subsystem/nvme-subsys0"
            tree.link("/sys/class/nvme-subsystem/nvme-subsys0", to: "../../\(folder.dropFirst(5))")
            for door in doors {
                let target = try? SysfsRoot(tree).destination(of: "/sys/class/nvme/\(door.controller)")
                tree.link(
                    "\(folder)/\(door.controller)", to: "../../../../\((target ?? "").dropFirst("/sys/devices/".count))"
                )
            }
            for (index, head) in heads.enumerated() {
                tree.file("\(folder)/\(head.name)/dev", "259:\(200 + index)\n")
                tree.file("\(folder)/\(head.name)/size", "\(head.size / 512)\n")
                if let wwid { tree.file("\(folder)/\(head.name)/wwid", "\(wwid)\n") }
                tree.link("/sys/class/block/\(head.name)", to: "../../\(folder.dropFirst(5))/\(head.name)")
            }
        }
        self.tree = tree
    }

    /// With its kernel and drives played.
    func host() throws -> RecordedHost { try RecordedHost(HostRecorder.record(root: SysfsRoot(tree))) }

    /// One drive with two controllers and a namespace that both have.
    static func dual(multipath: Bool, mounts: String = "") -> DriveFixture {
        let size = 32 << 20
        return DriveFixture(
            [
                Door(
                    address: "0000:01:00.0", controller: "nvme0", number: 1,
                    entries: [(multipath ? "nvme0c0n1" : "nvme0n1", 1, size)]),
                Door(
                    address: "0000:02:00.0", controller: "nvme1", number: 2,
                    entries: [(multipath ? "nvme0c1n1" : "nvme1n1", 1, size)]),
            ], heads: multipath ? [("nvme0n1", size)] : [], mounts: mounts)
    }

    /// One drive with one controller and these entries.
    static func single(_ entries: [(name: String, number: Int?, size: Int)], wwid: String? = nil) throws -> RecordedHost
    {
        try DriveFixture(
            [Door(address: "0000:01:00.0", controller: "nvme0", entries: entries)], wwid: wwid
        ).host()
    }
}

extension RecordedHost {
    /// The nvme driver for this host's drives.
    func drives(
        _ action: NVMeOptions.ClearAction = .auto, _ specs: String = #"{"vendor_id":"144d"}"#,
        handles: NVMeOptions.HandleType = .pci
    ) throws -> NVMeDriver {
        NVMeDriver(
            DriverOptions(
                root: root,
                nvme: NVMeOptions(
                    deviceSpecs: try DeviceSpec.list(json: specs), clearAction: action, samples: 256,
                    handleType: handles),
                control: HostControl(root) { _ in }, commands: commands, random: { 7 })
        ) { _ in }
    }

    func discover(_ driver: some Driver) throws -> Discovery {
        try driver.discover(DiscoveryPass(snapshot: HostSnapshot(root), host: "h"))
    }

    func order(_ text: String = "0000:01:00.0", members: String? = nil) throws -> HandleOrder {
        let address = try #require(PCIAddress(text))
        var info = address.attachInfo
        info["members"] = members
        return HandleOrder(
            handle: IDSource.random.next(), type: .pci, info: info, controlPath: PythonJSON.controlPath(address))
    }
}
