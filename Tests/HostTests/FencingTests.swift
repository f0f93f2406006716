import Host
import Model
import Testing

/// Hosts of a few devices each, built for one reason to fence.
@Suite struct FencingTests {
    private let tree = MemoryTree()

    private func pci(_ address: String, group: Int? = nil, classCode: String = "20000", physical: String? = nil) {
        let path = "/sys/devices/pci0000:00/\(address)"
        tree.link("/sys/bus/pci/devices/\(address)", to: "../../../devices/pci0000:00/\(address)")
        tree.file("\(path)/uevent", "PCI_CLASS=\(classCode)\nPCI_ID=8086:1572\nPCI_SUBSYS_ID=8086:0001\n")
        if let group { tree.link("\(path)/iommu_group", to: "../../../kernel/iommu_groups/\(group)") }
        if let physical { tree.link("\(path)/physfn", to: "../\(physical)") }
    }

    private func interface(_ name: String, on address: String? = nil, master: String? = nil, lower: [String] = []) {
        let home = address.map { "pci0000:00/\($0)/net" } ?? "virtual/net"
        tree.link("/sys/class/net/\(name)", to: "../../devices/\(home)/\(name)")
        let path = "/sys/devices/\(home)/\(name)"
        tree.file("\(path)/operstate", "up")
        if let master { tree.link("\(path)/master", to: "../../../../virtual/net/\(master)") }
        for name in lower { tree.link("\(path)/lower_\(name)", to: "../\(name)") }
    }

    private func disk(_ name: String, _ number: String, on home: String, slaves: [String] = [], holders: [String] = [])
    {
        tree.link("/sys/class/block/\(name)", to: "../../devices/\(home)/\(name)")
        let path = "/sys/devices/\(home)/\(name)"
        tree.file("\(path)/dev", number)
        tree.folder("\(path)/slaves")
        tree.folder("\(path)/holders")
        for name in slaves { tree.link("\(path)/slaves/\(name)", to: "../../x/\(name)") }
        for name in holders { tree.link("\(path)/holders/\(name)", to: "../../x/\(name)") }
    }

    private func mounted(_ number: String, _ source: String, at point: String) {
        tree.file("/proc/self/mountinfo", "30 1 \(number) / \(point) rw - ext4 \(source) rw\n")
    }

    private func routed(_ interface: String) {
        tree.file(
            "/proc/net/route",
            "Iface Destination Gateway Flags RefCnt Use Metric Mask MTU\n\(interface)\t00000000\t0101A8C0\t0003\t0\t0\t0\t00000000\t0\n"
        )
    }

    private func reasons() -> [String: [String]] {
        let fencing = Fencing(HostSnapshot(SysfsRoot(tree)))
        return Dictionary(
            uniqueKeysWithValues: fencing.reasons.map { ($0.key.description, $0.value.map(\.description)) })
    }

    @Test func aPartitionThatIsMounted() {
        pci("0000:01:00.0")
        disk("nvme0n1", "259:0", on: "pci0000:00/0000:01:00.0/nvme/nvme0")
        disk("nvme0n1p2", "259:2", on: "pci0000:00/0000:01:00.0/nvme/nvme0/nvme0n1")
        mounted("259:2", "/dev/nvme0n1p2", at: "/boot")
        #expect(reasons() == ["0000:01:00.0": ["nvme0n1p2 is mounted at /boot"]])
    }

    @Test func aVolumeOnARaidOfTwoDrives() {
        pci("0000:01:00.0")
        pci("0000:02:00.0")
        pci("0000:03:00.0")
        for (index, address) in ["0000:01:00.0", "0000:02:00.0", "0000:03:00.0"].enumerated() {
            disk(
                "sd\(index)", "8:\(index * 16)", on: "pci0000:00/\(address)/ata1/block",
                holders: index < 2 ? ["md0"] : [])
        }
        disk("md0", "9:0", on: "virtual/block", slaves: ["sd0", "sd1"], holders: ["dm-0"])
        disk("dm-0", "253:0", on: "virtual/block", slaves: ["md0"])
        tree.file("/sys/devices/virtual/block/dm-0/dm/name", "vg0-root")
        mounted("253:0", "/dev/mapper/vg0-root", at: "/")
        #expect(
            reasons() == [
                "0000:01:00.0": ["dm-0 is mounted at /", "sd0 is part of md0"],
                "0000:02:00.0": ["dm-0 is mounted at /", "sd1 is part of md0"],
            ])
    }

    @Test func aVolumeThatNobodyMounted() {
        pci("0000:01:00.0")
        disk("sda", "8:0", on: "pci0000:00/0000:01:00.0/ata1/block", holders: ["dm-0"])
        disk("dm-0", "253:0", on: "virtual/block", slaves: ["sda"])
        tree.file("/sys/devices/virtual/block/dm-0/dm/name", "vg0-data")
        #expect(reasons() == ["0000:01:00.0": ["sda is part of dm-0 (vg0-data)"]])
    }

    @Test func aFileSystemOverSeveralDevicesIsKnownByItsSource() {
        pci("0000:01:00.0")
        disk("sda", "8:0", on: "pci0000:00/0000:01:00.0/ata1/block")
        mounted("0:41", "/dev/sda", at: "/data")
        #expect(reasons() == ["0000:01:00.0": ["sda is mounted at /data"]])
    }

    @Test func theDefaultRouteOverAVlanOfABondInABridge() {
        pci("0000:01:00.0")
        pci("0000:02:00.0")
        interface("eth0", on: "0000:01:00.0", master: "bond0")
        interface("eth1", on: "0000:02:00.0")
        interface("bond0", lower: ["eth0"])
        interface("bond0.7", master: "br0", lower: ["bond0"])
        interface("br0")
        routed("br0")
        #expect(
            reasons() == ["0000:01:00.0": ["br0 carries the default route", "eth0 is a port of bond0"]])
    }

    @Test func onlyTheFunctionThatIsUsedAndItsParent() {
        pci("0000:01:00.0", group: 1)
        pci("0000:01:10.0", group: 2, physical: "0000:01:00.0")
        pci("0000:01:10.1", group: 3, physical: "0000:01:00.0")
        interface("eth0v0", on: "0000:01:10.0")
        routed("eth0v0")
        #expect(
            reasons() == [
                "0000:01:10.0": ["eth0v0 carries the default route"],
                "0000:01:00.0": ["its virtual function 0000:01:10.0 is in use by the host"],
            ])
    }

    @Test func companionsOfAGroupButNotItsBridges() {
        pci("0000:00:1c.0", group: 4, classCode: "60400")
        pci("0000:01:00.0", group: 4)
        pci("0000:01:00.1", group: 4)
        pci("0000:02:00.0", group: 5)
        interface("eth0", on: "0000:01:00.0")
        routed("eth0")
        #expect(
            reasons() == [
                "0000:01:00.0": ["eth0 carries the default route"],
                "0000:01:00.1": ["it shares IOMMU group 4 with 0000:01:00.0, which the host needs"],
            ])
    }

    @Test func theConsole() {
        pci("0000:01:00.0", classCode: "30000")
        pci("0000:02:00.0", classCode: "30000")
        tree.file("/sys/devices/pci0000:00/0000:01:00.0/boot_vga", "1")
        tree.file("/sys/devices/pci0000:00/0000:02:00.0/boot_vga", "0")
        tree.link("/sys/class/graphics/fb0", to: "../../devices/pci0000:00/0000:02:00.0/graphics/fb0")
        tree.link("/sys/class/graphics/fbcon", to: "../../devices/virtual/graphics/fbcon")
        #expect(
            reasons() == [
                "0000:02:00.0": ["the console is on fb0"]
            ])
        tree.link("/sys/devices/pci0000:00/0000:01:00.0/driver", to: "../../../bus/pci/drivers/ast")
        #expect(
            reasons() == [
                "0000:01:00.0": ["it is the display that the machine boots with, and 'ast' runs it for the host"],
                "0000:02:00.0": ["the console is on fb0"],
            ])
    }

    @Test func routesThatLeadNowhereFenceNothing() {
        pci("0000:01:00.0")
        interface("eth0", on: "0000:01:00.0")
        tree.file(
            "/proc/net/route",
            "Iface Destination Gateway Flags RefCnt Use Metric Mask\neth0\t00000000\t0\t0201\t0\t0\t0\t00000000\n")
        tree.file(
            "/proc/net/ipv6_route",
            "fe800000000000000000000000000000 40 "
                + "00000000000000000000000000000000 00 00000000000000000000000000000000 00000100 1 0 00000001 eth0\n")
        #expect(reasons().isEmpty)
    }

    @Test func everyDiskOfAFileSystemOverSeveral() {
        pci("0000:01:00.0")
        pci("0000:02:00.0")
        pci("0000:03:00.0")
        for (index, address) in ["0000:01:00.0", "0000:02:00.0", "0000:03:00.0"].enumerated() {
            disk("sd\(index)", "8:\(index * 16)", on: "pci0000:00/\(address)/ata1/block")
        }
        tree.link("/sys/fs/btrfs/11-22/devices/sd0", to: "../../../../devices/x/sd0")
        tree.link("/sys/fs/btrfs/11-22/devices/sd1", to: "../../../../devices/x/sd1")
        tree.file("/sys/fs/btrfs/features/x", "1")
        tree.link("/sys/fs/bcachefs/33/dev-0/block", to: "../../../../devices/x/sd2")
        #expect(
            reasons() == [
                "0000:01:00.0": ["sd0 is part of a btrfs file system in use"],
                "0000:02:00.0": ["sd1 is part of a btrfs file system in use"],
                "0000:03:00.0": ["sd2 is part of a bcachefs file system in use"],
            ])
    }

    @Test func aPoolThatDoesNotSayWhereItLies() {
        pci("0000:01:00.0")
        pci("0000:02:00.0")
        disk("sda", "8:0", on: "pci0000:00/0000:01:00.0/ata1/block")
        disk("sda1", "8:1", on: "pci0000:00/0000:01:00.0/ata1/block/sda")
        tree.file("/sys/devices/pci0000:00/0000:01:00.0/ata1/block/sda/sda1/partition", "1")
        disk("sdb", "8:16", on: "pci0000:00/0000:02:00.0/ata1/block")
        #expect(reasons().isEmpty)
        mounted("0:51", "tank/home", at: "/home")
        tree.file("/proc/self/mountinfo", "30 1 0:51 / /home rw - zfs tank/home rw\n")
        #expect(
            reasons() == ["0000:01:00.0": ["sda has partitions, and a ZFS pool is in use that may lie on them"]])
        tree.remove("/proc/self/mountinfo")
        tree.file("/proc/spl/kstat/zfs/tank/state", "ONLINE")
        #expect(reasons().count == 1)
    }

    @Test func journalsAndLoopDevicesOnWholeDisks() {
        pci("0000:01:00.0")
        pci("0000:02:00.0")
        pci("0000:03:00.0")
        disk("sda", "8:0", on: "pci0000:00/0000:01:00.0/ata1/block")
        disk("sdb", "8:16", on: "pci0000:00/0000:02:00.0/ata1/block")
        disk("sdc", "8:32", on: "pci0000:00/0000:03:00.0/ata1/block")
        disk("loop0", "7:0", on: "virtual/block")
        tree.file("/sys/devices/virtual/block/loop0/loop/backing_file", "/dev/sdc")
        tree.file(
            "/proc/self/mountinfo",
            "30 1 8:0 / /data rw - xfs /dev/sda rw,attr2,logdev=/dev/sdb\n31 1 7:0 / /img rw - ext4 /dev/loop0 rw\n")
        #expect(
            reasons() == [
                "0000:01:00.0": ["sda is mounted at /data"], "0000:02:00.0": ["sdb is mounted at /data"],
                "0000:03:00.0": ["loop0 is mounted at /img"],
            ])
    }

    /// An agent in a container does not see the machine's mounts among its own.
    @Test func theMountsOfTheFirstProcess() {
        pci("0000:01:00.0")
        disk("sda", "8:0", on: "pci0000:00/0000:01:00.0/ata1/block")
        tree.file("/proc/self/mountinfo", "30 1 0:22 / / rw - overlay overlay rw\n")
        #expect(reasons().isEmpty)
        tree.file("/proc/1/mountinfo", "22 1 8:0 / / rw - ext4 /dev/sda rw\n")
        #expect(reasons() == ["0000:01:00.0": ["sda is mounted at /"]])
        tree.put(.unreadable, at: "/proc/1/mountinfo")
        #expect(reasons().isEmpty)
    }

    @Test func aDriveBehindAVolumeManagementDevice() {
        pci("0000:00:0e.0", classCode: "10400")
        let path = "/sys/devices/pci0000:00/0000:00:0e.0/pci10000:e0/10000:e1:00.0"
        tree.link(
            "/sys/bus/pci/devices/10000:e1:00.0",
            to: "../../../devices/pci0000:00/0000:00:0e.0/pci10000:e0/10000:e1:00.0")
        tree.file("\(path)/uevent", "PCI_CLASS=10802\nPCI_ID=8086:0001\n")
        disk("nvme0n1", "259:0", on: "pci0000:00/0000:00:0e.0/pci10000:e0/10000:e1:00.0/nvme/nvme0")
        mounted("259:0", "/dev/nvme0n1", at: "/")
        #expect(
            reasons() == [
                "10000:e1:00.0": ["nvme0n1 is mounted at /"],
                "0000:00:0e.0": ["10000:e1:00.0, which the host needs, hangs below it"],
            ])
    }

    @Test func theMachinesOwnParts() {
        pci("0000:00:1f.4", classCode: "c0500")
        pci("0000:00:1f.5", classCode: "c0701")
        pci("0000:00:05.0", classCode: "80600")
        pci("0000:00:01.0", classCode: "88000")
        pci("0000:01:00.0", classCode: "50210")
        pci("0000:02:00.0", classCode: "50210")
        tree.link("/sys/devices/pci0000:00/0000:01:00.0/driver", to: "../../../bus/pci/drivers/cxl_pci")
        #expect(
            reasons() == [
                "0000:00:1f.4": ["it is the machine's own SMBus"],
                "0000:00:1f.5": ["it is the machine's own IPMI interface"],
                "0000:00:05.0": ["it is the machine's own Generic system peripheral"],
                "0000:01:00.0": ["it is memory that cxl_pci manages for the host"],
                "0000:02:00.0": ["it is CXL memory, which the host may use without a driver"],
            ])
    }

    @Test func theSerialConsole() {
        pci("0000:00:16.3", classCode: "70002")
        tree.file("/sys/class/tty/console/active", "tty0 ttyS4\n")
        tree.link("/sys/class/tty/tty0", to: "../../devices/virtual/tty/tty0")
        tree.link("/sys/class/tty/ttyS4", to: "../../devices/pci0000:00/0000:00:16.3/tty/ttyS4")
        #expect(reasons() == ["0000:00:16.3": ["the console is on ttyS4"]])
    }

    @Test func anInterfaceUnderAGuestsOwn() {
        pci("0000:01:00.0")
        interface("eth0", on: "0000:01:00.0")
        tree.link(
            "/sys/devices/pci0000:00/0000:01:00.0/net/eth0/upper_macvtap0", to: "../../../../virtual/net/macvtap0")
        #expect(reasons() == ["0000:01:00.0": ["eth0 is a port of macvtap0"]])
    }
}
