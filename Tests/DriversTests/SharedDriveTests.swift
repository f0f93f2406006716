import Host
import Model
import Testing

@testable import Drivers

/// Drives and disks that several functions lead to: one unit, or none.
@Suite struct SharedDriveTests {
    private static let both = ["0000:01:00.0", "0000:02:00.0"]

    @Test("One drive with two controllers is not two drives", arguments: [true, false])
    func neitherDoorIsOfferedAlone(multipath: Bool) throws {
        let host = try DriveFixture.dual(multipath: multipath).host()
        for driver in [
            try host.drives(), PCIDriver(DriverOptions(root: host.root, deviceSpecs: try DeviceSpec.list(json: "{}"))),
        ]
            as [any Driver]
        {
            let discovery = try driver.discover(DiscoveryPass(snapshot: HostSnapshot(host.root), host: "h"))
            #expect(discovery.devices.isEmpty, "\(driver.name)")
            #expect(discovery.notes.count == 2)
            #expect(
                discovery.notes.allSatisfy { $0.text.contains("to the drive with serial number S1 as well") },
                "\(discovery.notes)")
        }
    }

    /// By the name of its subsystem alone, or by model and serial number alone.
    @Test(arguments: [
        ("A", "A", "nqn.same", "nqn.same"), ("A", "A", "nqn.1", "nqn.2"), ("A", "B", "nqn.same", "nqn.same"),
    ])
    func howItIsKnown(first: String, second: String, nqn: String, other: String) throws {
        let fixture = DriveFixture([
            .init(address: Self.both[0], controller: "nvme0", serial: first, nqn: nqn),
            .init(address: Self.both[1], controller: "nvme1", serial: second, nqn: other),
        ])
        #expect(try fixture.host().discover(fixture.host().drives()).devices.isEmpty)
    }

    @Test func drivesOfOneModelAreTwo() throws {
        let host = try DriveFixture([
            .init(address: Self.both[0], controller: "nvme0", serial: "A", nqn: "nqn.1"),
            .init(address: Self.both[1], controller: "nvme1", serial: "B", nqn: "nqn.2"),
        ]).host()
        #expect(try host.discover(host.drives()).devices.count == 2)
    }

    /// A namespace of the same world wide name behind two subsystems.
    @Test func namespacesAreKnownByTheirWorldWideName() throws {
        let host = try DriveFixture(
            [
                .init(address: Self.both[0], controller: "nvme0", entries: [("nvme0n1", 1, 1 << 20)], serial: "A"),
                .init(address: Self.both[1], controller: "nvme1", entries: [("nvme1n1", 1, 1 << 20)], serial: "B"),
            ], wwid: "eui.0025384b21403f77"
        ).host()
        let discovery = try host.discover(host.drives())
        #expect(discovery.devices.isEmpty)
        #expect(discovery.notes.allSatisfy { $0.text.contains("the disk eui.0025384b21403f77 as well") })
    }

    @Test("What the host uses by one way is fenced by the other", arguments: [true, false])
    func everyDoorOfWhatIsMountedIsFenced(multipath: Bool) async throws {
        let number = multipath ? "259:200" : "259:0"
        let host = try DriveFixture.dual(
            multipath: multipath, mounts: "30 1 \(number) / /data rw - ext4 /dev/nvme0n1 rw\n"
        ).host()
        let fencing = Fencing(HostSnapshot(host.root))
        for door in Self.both {
            let address = try #require(PCIAddress(door))
            #expect(fencing.reasons(for: address).map(\.description) == ["nvme0n1 is mounted at /data"])
            let fault = await #expect(throws: DriverFault.self) { try await host.drives().clean(host.order(door)) }
            #expect(fault?.text == "\(door) is left alone: nvme0n1 is mounted at /data.")
        }
        #expect(host.commands.commands.isEmpty)
    }

    @Test("One door is never erased while another leads to the drive", arguments: [true, false])
    func oneDoorIsNotErased(multipath: Bool) async throws {
        let host = try DriveFixture.dual(multipath: multipath).host()
        let drive = try #require(host.drives["S1"])
        drive.fill { _ in Array("of the other tenant".utf8) }
        for work in [
            { try await host.drives().clean(host.order()) }, { try await host.drives().prepare(host.order()) },
        ] as [() async throws -> Void] {
            let fault = await #expect(throws: DriverFault.self) { try await work() }
            #expect(fault?.text.contains("0000:02:00.0 leads to the drive with serial number S1 as well") == true)
        }
        #expect(drive.block(3) == PlayedDriveContent.whole("of the other tenant"))
    }

    @Test("All doors of one drive are one unit where the operator says so", arguments: [true, false])
    func aGroupIsOneUnit(multipath: Bool) async throws {
        let host = try DriveFixture.dual(multipath: multipath).host()
        let specs = #"[{"address":"0000:01:00.0","group":"d1"},{"address":"0000:02:00.0","group":"d1"}]"#
        let driver = try host.drives(.auto, specs)
        let discovery = try host.discover(driver)
        #expect(discovery.notes.isEmpty, "\(discovery.notes)")
        let device = try #require(discovery.devices.first)
        let handle = device.deployables[0].handles[0]
        #expect(discovery.devices.count == 1 && device.deployables[0].name == "h_0000:01:00.0")
        #expect(handle.info["members"] == "0000:01:00.0,0000:02:00.0" && handle.needsPreparation)
        let order = HandleOrder(for: handle)
        try await driver.prepare(order)
        // As guests have them: the report stays what it was.
        let control = HostControl(host.root)
        for door in Self.both { try await control.bind(try #require(PCIAddress(door)), to: "vfio-pci") }
        #expect(try host.discover(driver).devices.map(\.deployables) == discovery.devices.map(\.deployables))
        let drive = try #require(host.drives["S1"])
        drive.fill { _ in Array("secret".utf8) }
        let record = try await driver.clean(order)
        #expect(record.methods == ["nvme format, user data erase"])
        #expect(drive.block(3).allSatisfy { $0 == 0 })
        let after = HostSnapshot(host.root)
        for door in Self.both { #expect(after.function(at: try #require(PCIAddress(door)))?.driver == "vfio-pci") }
    }

    @Test func aGroupOfTwoDrivesIsRefused() async throws {
        let host = try DriveFixture([
            .init(address: Self.both[0], controller: "nvme0", entries: [("nvme0n1", 1, 1 << 20)], serial: "A"),
            .init(address: Self.both[1], controller: "nvme1", entries: [("nvme1n1", 1, 1 << 20)], serial: "B"),
        ]).host()
        let driver = try host.drives(.auto, #"{"vendor_id":"144d","group":"d1"}"#)
        let discovery = try host.discover(driver)
        #expect(discovery.devices.isEmpty && discovery.notes[0].text.contains("lead to two"))
        let order = try host.order(members: Self.both.joined(separator: ","))
        let fault = await #expect(throws: DriverFault.self) { try await driver.clean(order) }
        #expect(fault?.text.contains("are not one drive") == true)
    }

    /// The other host's controller is not seen here; the drive knows it.
    @Test func aNamespaceThatAnotherHostHasIsNotGivenAway() async throws {
        let host = try DriveFixture.single([("nvme0n1", 1, 32 << 20)])
        let drive = try #require(host.drives["S1"])
        drive.behave(.honest, .init(managesNamespaces: true))
        try await host.drives().prepare(host.order())
        drive.attach(1, to: [1, 65])
        for work in [
            { try await host.drives().clean(host.order()) }, { try await host.drives().prepare(host.order()) },
        ] as [() async throws -> Void] {
            let fault = await #expect(throws: DriverFault.self) { try await work() }
            #expect(
                fault?.text.contains("Namespace 1 of the drive 0000:01:00.0 is attached to its controller 65") == true)
        }
    }

    /// Bound for guests from the start, both doors are nameless; the drive itself says that it has two.
    @Test func doorsThatWereNeverSeenTogether() async throws {
        let host = try DriveFixture.dual(multipath: false).host()
        let control = HostControl(host.root)
        for door in Self.both { try await control.bind(try #require(PCIAddress(door)), to: "vfio-pci") }
        #expect(try host.discover(host.drives()).devices.count == 2)
        for door in Self.both {
            let fault = await #expect(throws: DriverFault.self) { try await host.drives().prepare(host.order(door)) }
            #expect(
                fault?.text.contains("may be reached by other controllers of the drive") == true, "\(fault?.text ?? "")"
            )
        }
        try #require(host.drives["S1"]).behave(.honest, .init(managesNamespaces: true))
        let fault = await #expect(throws: DriverFault.self) { try await host.drives().prepare(host.order()) }
        #expect(fault?.text.contains("is attached to its controller 2 as well") == true)
    }

    @Test func whatSomebodyHasOpenIsLeftAlone() async throws {
        let host = try DriveFixture.single([("nvme0n1", 1, 32 << 20)])
        host.tree.link("/proc/4711/fd/9", to: "/dev/nvme0n1")
        host.tree.file("/proc/4711/comm", "qemu-nbd\n")
        var fault = await #expect(throws: DriverFault.self) { try await host.drives().clean(host.order()) }
        #expect(fault?.text == "The host uses the drive: qemu-nbd (process 4711) has /dev/nvme0n1 open.")
        host.tree.remove("/proc/4711")
        host.tree.use("/dev/nvme0n1")
        fault = await #expect(throws: DriverFault.self) { try await host.drives().clean(host.order()) }
        #expect(fault?.text.hasPrefix("The host uses /dev/nvme0n1: it is mounted") == true)
        host.tree.use("/dev/nvme0n1", false)
        #expect(try await host.drives().clean(host.order()).methods == ["nvme format, user data erase"])
        #expect(host.commands.commands.allSatisfy { !$0.arguments.contains("--force") })
        // Let go of when it is done.
        _ = try host.root.claim("/dev/nvme0n1")
    }

    // MARK: Adapters

    /// Two adapters on one shelf, as the kernel shows a disk behind each.
    private func shelf(_ tree: MemoryTree, mounts: String = "") throws {
        tree.file("/proc/self/mountinfo", mounts)
        for (index, address) in ["0000:05:00.0", "0000:06:00.0"].enumerated() {
            let home = "/sys/devices/pci0000:00/\(address)"
            tree.link("/sys/bus/pci/devices/\(address)", to: "../../../\(home.dropFirst(5))")
            tree.file("\(home)/uevent", "PCI_CLASS=10700\nPCI_ID=1000:0097\nPCI_SUBSYS_ID=1000:0001\n")
            let disk = "\(home)/host\(index)/target\(index):0:0/\(index):0:0:0"
            tree.file("\(disk)/wwid", "naa.5000c500a1b2c3d4\n")
            let name = "sd\(index == 0 ? "a" : "b")"
            tree.file("\(disk)/block/\(name)/dev", "8:\(16 * index)\n")
            tree.link("\(disk)/block/\(name)/device", to: "../../../\(index):0:0:0")
            tree.link("/sys/class/block/\(name)", to: "../../\(disk.dropFirst(5))/block/\(name)")
        }
        let part = try SysfsRoot(tree).destination(of: "/sys/class/block/sda") + "/sda1"
        tree.file("\(part)/dev", "8:1\n")
        tree.file("\(part)/partition", "1\n")
        tree.link("/sys/class/block/sda1", to: "../../\(part.dropFirst(5))")
    }

    @Test func twoAdaptersOnOneShelf() throws {
        let tree = MemoryTree()
        try shelf(tree)
        let specs = #"{"vendor_id":"1000"}"#
        let host = try RecordedHost(HostRecorder.record(root: SysfsRoot(tree)))
        let discovery = try host.discover(
            PCIDriver(DriverOptions(root: host.root, deviceSpecs: try DeviceSpec.list(json: specs))))
        #expect(discovery.devices.isEmpty)
        #expect(
            discovery.notes.map(\.text).filter { $0.contains("to the disk naa.5000c500a1b2c3d4 as well") }.count == 2)
        let grouped = #"{"vendor_id":"1000","group":"shelf"}"#
        let unit = try host.discover(
            PCIDriver(DriverOptions(root: host.root, deviceSpecs: try DeviceSpec.list(json: grouped))))
        #expect(unit.devices.count == 1 && unit.notes.isEmpty)
    }

    @Test func aDiskMountedByOneAdapterFencesTheOther() throws {
        let tree = MemoryTree()
        try shelf(tree, mounts: "30 1 8:1 / / rw - ext4 /dev/sda1 rw\n")
        let reasons = Fencing(HostSnapshot(SysfsRoot(tree))).reasons
        #expect(reasons.count == 2)
        #expect(reasons.values.allSatisfy { $0.map(\.description) == ["sda1 is mounted at /"] })
    }

    /// Tapes and enclosures are no block devices.
    @Test func otherDevicesOfTheBus() {
        let tree = MemoryTree()
        for (index, address) in ["0000:05:00.0", "0000:06:00.0"].enumerated() {
            let home = "/sys/devices/pci0000:00/\(address)"
            tree.link("/sys/bus/pci/devices/\(address)", to: "../../../\(home.dropFirst(5))")
            tree.file("\(home)/uevent", "PCI_CLASS=10700\nPCI_ID=1000:0097\n")
            let tape = "\(home)/host\(index)/target\(index):0:0/\(index):0:0:0"
            tree.file("\(tape)/wwid", "naa.50014380023560d4\n")
            tree.link(
                "/sys/class/scsi_device/\(index):0:0:0",
                to: "../../\(tape.dropFirst(5))/scsi_device/\(index):0:0:0")
        }
        let host = HostSnapshot(SysfsRoot(tree))
        #expect(host.functions.allSatisfy { host.media.others(of: $0.address).count == 1 })
    }
}

enum PlayedDriveContent {
    static func whole(_ text: String) -> [UInt8] {
        Array(text.utf8) + [UInt8](repeating: 0, count: PlayedDrive.blockSize - text.utf8.count)
    }
}
