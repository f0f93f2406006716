import Dispatch
import Host
import Model
import Synchronization
import Testing

/// Changes to recorded hosts, whose kernel is played.
@Suite struct HostControlTests {
    private let waits = Waits()

    private final class Waits: Sendable {
        let durations = Mutex<[Duration]>([])
    }

    private func control(_ name: String) throws -> (HostControl, RecordedHost) {
        let recorded = try fixture(name)
        let waits = waits
        return (HostControl(recorded.root) { duration in waits.durations.withLock { $0.append(duration) } }, recorded)
    }

    private func address(_ text: String) throws -> PCIAddress { try #require(PCIAddress(text)) }

    @Test func aDriveGoesToAGuestAndComesBack() async throws {
        let (control, recorded) = try control("two-socket")
        let before = HostSnapshot(recorded.root)
        let drive = try address("0000:81:00.0")
        try await control.setVirtualFunctions(0, of: drive)
        try await control.bind(drive, to: "vfio-pci")
        let away = await control.snapshot()
        #expect(
            away.function(at: drive)?.driver == "vfio-pci" && away.nvme.map(\.address) == [PCIAddress("0000:21:00.0")])
        #expect(!away.blocks.contains { $0.name == "nvme1n1" })
        try await control.bind(drive, to: "vfio-pci")
        try await control.bind(drive, to: nil)
        try await control.setVirtualFunctions(2, of: drive)
        let after = HostSnapshot(recorded.root)
        #expect(after.function(at: drive) == before.function(at: drive))
        #expect(after.nvme == before.nvme && after.blocks == before.blocks && after.functions == before.functions)
    }

    @Test func whatTheHostNeedsIsLeftAlone() async throws {
        let (control, recorded) = try control("two-socket")
        let before = HostSnapshot(recorded.root)
        let mounted = try address("0000:21:00.0")
        let attempts: [(HostControl) async throws -> Void] = [
            { try await $0.bind(mounted, to: "vfio-pci") }, { try await $0.reset(mounted) },
            { try await $0.setVirtualFunctions(0, of: mounted) },
        ]
        for attempt in attempts {
            let fault = await #expect(throws: ControlFault.self) { try await attempt(control) }
            #expect(fault?.text == "0000:21:00.0 is left alone: nvme0n1 is mounted at /srv.")
        }
        #expect(HostSnapshot(recorded.root) == before)
    }

    @Test func resets() async throws {
        let (control, recorded) = try control("two-socket")
        let reset = try await control.reset(address("0000:82:10.1"))
        #expect(reset.function.resetMethods == ["flr", "pm"] && reset.description == "reset by flr")
        #expect(try recorded.root.text("/sys/devices/pci0000:80/0000:80:01.0/0000:82:10.1/reset_method") == "flr pm")
        recorded.tree.remove("/sys/devices/pci0000:80/0000:80:01.0/0000:82:10.1/reset")
        let fault = await #expect(throws: ControlFault.self) { try await control.reset(address("0000:82:10.1")) }
        #expect(fault?.text == "The kernel knows no way to reset 0000:82:10.1.")
        await #expect(throws: ControlFault.self) { try await control.reset(address("0000:99:00.0")) }
    }

    /// A function with these ways to reset it, of which only some work.
    private func resettable(_ methods: String?, works: Set<String>, mayChoose: Bool = true) -> HostControl {
        let tree = MemoryTree()
        let home = "/sys/devices/pci0000:00/0000:01:00.0"
        tree.link("/sys/bus/pci/devices/0000:01:00.0", to: "../../../devices/pci0000:00/0000:01:00.0")
        tree.file("\(home)/uevent", "PCI_CLASS=30200\nPCI_ID=10DE:1EB8\n")
        tree.file("\(home)/reset", "")
        if let methods { tree.file("\(home)/reset_method", methods + "\n") }
        tree.onWrite { tree, path, text in
            if path.hasSuffix("/reset_method") { return mayChoose ? nil : .denied }
            let chosen = (try? SysfsRoot(tree).text("\(home)/reset_method"))?.split(separator: " ").first ?? "flr"
            return works.contains(String(chosen)) ? nil : .other(25)
        }
        return HostControl(SysfsRoot(tree)) { _ in }
    }

    @Test func theMethodThatWasUsedIsSaid() async throws {
        let card = try address("0000:01:00.0")
        #expect(try await resettable("flr bus pm", works: ["bus"]).reset(card).description == "reset by bus")
        #expect(try await resettable("flr bus", works: ["flr", "bus"]).reset(card).method == "flr")
        #expect(try await resettable("bus", works: ["bus"], mayChoose: false).reset(card).method == "bus")
        #expect(
            try await resettable("flr bus", works: ["flr"], mayChoose: false).reset(card).description
                == "reset by one of flr, bus; the kernel does not say which")
        let control = resettable("flr bus", works: [])
        await #expect(throws: ControlFault.self) { try await control.reset(card) }
        #expect(await control.snapshot().function(at: card)?.resetMethods == ["flr", "bus"], "as it was")
    }

    @Test("Kernels before 5.15 reset, and do not say how") func withoutAListOfMethods() async throws {
        let control = resettable(nil, works: ["flr"])
        let card = try address("0000:01:00.0")
        #expect(await control.snapshot().function(at: card)?.canReset == true)
        #expect(try await control.reset(card).description == "reset; this kernel does not name the method")
        let recorded = try RecordedHost(HostRecorder.record(root: control.root))
        #expect(try await HostControl(recorded.root).reset(card).method == nil)
        #expect(await resettable("", works: []).snapshot().function(at: card)?.canReset == false)
    }

    /// The kernel lets the write stand for as long as a guest holds the function.
    @Test func aWriteThatWaitsForAHolderHoldsUpNothing() async throws {
        let (_, recorded) = try control("two-socket")
        let tree = WaitingTree(inner: recorded.tree, ending: "/driver/unbind")
        let drive = try address("0000:81:00.0")
        try await HostControl(recorded.root).setVirtualFunctions(0, of: drive)
        let isPatient = Mutex(false)
        let control = HostControl(
            SysfsRoot(tree), wait: { _ in },
            patience: { if isPatient.withLock({ $0 }) { try await Task.sleep(for: .seconds(3600)) } })
        for _ in 0..<2 {
            let fault = await #expect(throws: ControlFault.self) { try await control.bind(drive, to: "vfio-pci") }
            #expect(fault?.isTransient == true)
            #expect(
                fault?.text
                    == "0000:81:00.0 is not taken from its driver yet: the kernel waits for its holder to let go.")
        }
        #expect(control.pending.waiting.map(PendingWrites.subject) == ["0000:81:00.0"])
        #expect(tree.writes.withLock { $0 } == 1, "one write at most stands")
        // Others go on.
        isPatient.withLock { $0 = true }
        #expect(try await control.reset(address("0000:82:10.1")).method == "flr")
        tree.gate.signal()
        while !control.pending.waiting.isEmpty { await Task.yield() }
        let patient = HostControl(SysfsRoot(recorded.tree), wait: { _ in })
        try await patient.bind(drive, to: "vfio-pci")
        #expect(HostSnapshot(recorded.root).function(at: drive)?.driver == "vfio-pci")
    }

    /// Writes to files of that ending stand until the gate is opened.
    private final class WaitingTree: FileTree {
        let inner: MemoryTree
        let ending: String
        let gate = DispatchSemaphore(value: 0)
        let writes = Mutex(0)

        init(inner: MemoryTree, ending: String) {
            self.inner = inner
            self.ending = ending
        }

        func read(_ path: String, offset: Int, limit: Int, partial: Bool) throws(TreeFault) -> [UInt8] {
            try inner.read(path, offset: offset, limit: limit, partial: partial)
        }
        func target(of path: String) throws(TreeFault) -> String { try inner.target(of: path) }
        func names(in path: String) throws(TreeFault) -> [String] { try inner.names(in: path) }
        func kind(of path: String) -> EntryKind? { inner.kind(of: path) }
        func write(_ bytes: [UInt8], to path: String) throws(TreeFault) {
            if path.hasSuffix(ending) {
                writes.withLock { $0 += 1 }
                gate.wait()
            }
            try inner.write(bytes, to: path)
        }
    }

    /// What a guest has is not taken from it, and the guest is not asked for it.
    @Test func whatAProcessHoldsIsNotUnbound() async throws {
        let (control, recorded) = try control("two-socket")
        let drive = try address("0000:81:00.0")
        try await control.setVirtualFunctions(0, of: drive)
        try await control.bind(drive, to: "vfio-pci")
        let group = try #require(HostSnapshot(recorded.root).function(at: drive)?.iommuGroup)
        recorded.tree.link("/proc/99/fd/20", to: "/dev/vfio/\(group)")
        recorded.tree.file("/proc/99/comm", "qemu-system-x86\n")
        let fault = await #expect(throws: ControlFault.self) { try await control.bind(drive, to: "nvme") }
        #expect(fault?.isTransient == true)
        #expect(
            fault?.text
                == "0000:81:00.0 is in somebody's hands: qemu-system-x86 (process 99) has /dev/vfio/\(group) open.")
        recorded.tree.remove("/proc/99")
        try await control.bind(drive, to: "nvme")
    }

    /// A read of `sriov_numvfs` may wait as long as a guest holds a function; nobody reads it.
    @Test func theNumberOfVirtualFunctionsIsCounted() async throws {
        let (control, recorded) = try control("two-socket")
        let gpu = try address("0000:82:00.0")
        let path = try recorded.root.destination(of: "/sys/bus/pci/devices/0000:82:00.0") + "/sriov_numvfs"
        recorded.tree.file(path, "nobody reads this")
        #expect(HostSnapshot(recorded.root).function(at: gpu)?.sriov?.enabled == 4)
        #expect(HostSnapshot(recorded.root).problems.isEmpty)
        try await control.setVirtualFunctions(2, of: gpu)
        #expect(HostSnapshot(recorded.root).function(at: gpu)?.sriov?.enabled == 2)
    }

    @Test func virtualFunctionsComeAndGo() async throws {
        let (control, recorded) = try control("two-socket")
        let gpu = try address("0000:82:00.0")
        try await control.setVirtualFunctions(2, of: gpu)
        var host = HostSnapshot(recorded.root)
        #expect(host.function(at: gpu)?.sriov?.functions.map(\.description) == ["0000:82:10.0", "0000:82:10.1"])
        try await control.setVirtualFunctions(4, of: gpu)
        let fault = await #expect(throws: ControlFault.self) { try await control.setVirtualFunctions(5, of: gpu) }
        #expect(fault?.text.contains("at most 4") == true)
        // A card that never had any.
        let card = try address("0000:24:00.0")
        try await control.setVirtualFunctions(0, of: card)
        let fresh = try RecordedHost(HostRecorder.record(root: recorded.root))
        try await HostControl(fresh.root).setVirtualFunctions(8, of: card)
        host = HostSnapshot(fresh.root)
        #expect(host.problems.isEmpty)
        let last = try #require(host.function(at: address("0000:24:10.7")))
        #expect(last.productID == "4941" && last.physicalFunction == card && last.iommuGroup != nil)
        #expect(last.numaNode == host.function(at: card)?.numaNode)
    }

    /// A guest may hold any of them.
    @Test func virtualFunctionsInUseAreKept() async throws {
        let (control, recorded) = try control("two-socket")
        try await control.bind(address("0000:82:10.3"), to: "vfio-pci")
        let fault = await #expect(throws: ControlFault.self) {
            try await control.setVirtualFunctions(0, of: address("0000:82:00.0"))
        }
        #expect(fault?.isTransient == true && fault?.text.contains("0000:82:10.3") == true)
        #expect(HostSnapshot(recorded.root).function(at: try address("0000:82:00.0"))?.sriov?.enabled == 4)
    }

    @Test func mediatedDevicesShareTheirParent() async throws {
        let (control, recorded) = try control("vgpu")
        let name = "99999999-2222-4333-8444-555555555555"
        func room() -> [Int] { HostSnapshot(recorded.root).mdevParents[1].types.map(\.available) }
        #expect(room() == [23, 11])
        try await control.createMdev(name, type: "nvidia-475", on: "0000:82:00.0")
        try await control.createMdev(name, type: "nvidia-475", on: "0000:82:00.0")
        #expect(room() == [21, 10])
        #expect(HostSnapshot(recorded.root).mdevs.first { $0.name == name }?.type == "nvidia-475")
        let fault = await #expect(throws: ControlFault.self) {
            try await control.createMdev(name, type: "nvidia-474", on: "0000:82:00.0")
        }
        #expect(fault?.text.contains("is there, as nvidia-475") == true)
        try await control.removeMdev(name)
        try await control.removeMdev(name)
        #expect(room() == [23, 11])
        await #expect(throws: ControlFault.self) {
            try await control.createMdev(name, type: "nvidia-1", on: "0000:82:00.0")
        }
    }

    @Test func aFullParentSaysSo() async throws {
        let (control, _) = try control("vgpu")
        for index in 10..<21 {
            try await control.createMdev(
                "999999\(index)-2222-4333-8444-555555555555", type: "nvidia-475", on: "0000:82:00.0")
        }
        let fault = await #expect(throws: ControlFault.self) {
            try await control.createMdev("99999921-2222-4333-8444-555555555555", type: "nvidia-475", on: "0000:82:00.0")
        }
        #expect(fault?.isTransient == true)
    }

    /// What is left of a parent is counted from what is there, however many come and go at once.
    @Test func devicesThatComeAndGoSideBySideAreAllCounted() throws {
        let root = try fixture("vgpu").root
        let parent = try #require(HostSnapshot(root).mdevParents.first { $0.name == "0000:82:00.0" })
        let kind = "\(parent.path)/mdev_supported_types/nvidia-475"
        let names = (10..<20).map { "999999\($0)-2222-4333-8444-555555555555" }
        for _ in 0..<50 {
            DispatchQueue.concurrentPerform(iterations: names.count) {
                try? root.write(names[$0], to: "\(kind)/create")
            }
            try #require(try root.text("\(kind)/available_instances") == "1")
            DispatchQueue.concurrentPerform(iterations: names.count) { index in
                try? root.write("1", to: "/sys/bus/mdev/devices/\(names[index])/remove")
            }
            try #require(try root.text("\(kind)/available_instances") == "11")
        }
    }

    @Test func aBusyKernelIsAskedAgain() async throws {
        let tree = MemoryTree()
        tree.file("/sys/x", "0")
        let left = Mutex(3)
        tree.onWrite { _, _, _ in
            left.withLock { count in
                count -= 1
                return count >= 0 ? .busy : nil
            }
        }
        let waits = waits
        let control = HostControl(SysfsRoot(tree)) { duration in waits.durations.withLock { $0.append(duration) } }
        try await control.write("1", to: "/sys/x")
        #expect(waits.durations.withLock { $0 } == [.milliseconds(200), .milliseconds(400), .milliseconds(800)])
        left.withLock { $0 = 99 }
        let fault = await #expect(throws: ControlFault.self) { try await control.write("1", to: "/sys/x") }
        #expect(fault?.isTransient == true)
    }
}
