import Host
import Model
import Synchronization
import Testing

@testable import Drivers

/// Erasing drives of a recorded host: honest ones, and such as lie and fail.
@Suite struct NVMeDriverTests {
    private let recorded: RecordedHost
    private let drive: PlayedDrive
    private let address = "0000:81:00.0"

    init() throws {
        recorded = try fixture("two-socket")
        drive = try #require(recorded.drives["LABNVME0001"])
        try recorded.root.write("0", to: "/sys/bus/pci/devices/0000:81:00.0/sriov_numvfs")
        drive.fill { block in Array("canary \(block) ".utf8) }
    }

    private final class Clock: Sendable {
        let now = Mutex<Int64>(1_000_000)
        var source: TimeSource { TimeSource { Timestamp(microseconds: self.now.withLock { $0 }) } }
    }

    private func driver(
        _ action: NVMeOptions.ClearAction = .auto, _ strategy: NVMeOptions.ClearStrategy = .auto, seed: UInt64 = 7,
        samples: Int = 1024, clock: Clock = Clock(),
        during: @escaping @Sendable (Duration) async throws -> Void = { _ in }
    ) throws -> NVMeDriver {
        let options = DriverOptions(
            root: recorded.root,
            nvme: NVMeOptions(
                deviceSpecs: try DeviceSpec.list(json: #"{"vendor_id":"1b36"}"#), clearAction: action,
                clearStrategy: strategy, samples: samples), commands: recorded.commands, time: clock.source,
            random: { seed })
        return NVMeDriver(options) { duration in
            clock.now.withLock { $0 += duration.components.seconds * 1_000_000 + 100_000 }
            try await during(duration)
        }
    }

    private func order(_ text: String = "0000:81:00.0") throws -> HandleOrder {
        let address = try #require(PCIAddress(text))
        return HandleOrder(
            handle: IDSource.random.next(), type: .pci, info: address.attachInfo,
            controlPath: PythonJSON.controlPath(address))
    }

    private func discover(_ driver: NVMeDriver) throws -> Discovery {
        try driver.discover(DiscoveryPass(snapshot: HostSnapshot(recorded.root), host: "h"))
    }

    @Test func whatIsOffered() throws {
        let discovery = try discover(driver())
        let device = try #require(discovery.devices.first)
        #expect(discovery.devices.count == 1)
        #expect(device.type == .nvme && device.driver == "nvme" && device.vendor == "1b36" && device.model == "0010")
        #expect(device.facts["serial"] == "LABNVME0001" && device.facts["size"] == "268435456")
        let deployable = device.deployables[0]
        #expect(deployable.name == "h_0000:81:00.0" && deployable.resourceClass == "CUSTOM_NVME")
        #expect(deployable.traits == ["OWNER_CYBORG", "CUSTOM_NVME_1B36_0010"])
        #expect(deployable.handles.count == 1 && deployable.handles[0].needsCleaning)
        #expect(discovery.notes.contains { $0.text == "is not offered: nvme0n1 is mounted at /srv" })
    }

    @Test func virtualFunctionsAreLeftOut() throws {
        try recorded.root.write("2", to: "/sys/bus/pci/devices/0000:81:00.0/sriov_numvfs")
        let discovery = try discover(driver())
        #expect(discovery.devices.isEmpty)
        #expect(discovery.notes.filter { $0.text.contains("may share namespaces with others") }.count == 2)
    }

    /// The controller of a virtual function as native multipath shows it: its namespace is the drive's.
    private func showController(of address: String) throws {
        let physical = try recorded.root.destination(of: "/sys/bus/pci/devices/0000:81:00.0")
        let function = try recorded.root.destination(of: "/sys/bus/pci/devices/\(address)")
        for path in recorded.tree.paths where path.hasPrefix(physical + "/nvme/nvme1") {
            let rest = path.dropFirst(physical.count).replacing("/nvme/nvme1", with: "/nvme/nvme2")
                .replacing("nvme1c1n1", with: "nvme1c2n1")
            if let node = recorded.tree.node(at: path) { recorded.tree.put(node, at: function + rest) }
        }
        recorded.tree.link("/sys/class/nvme/nvme2", to: "../../" + function.dropFirst("/sys/".count) + "/nvme/nvme2")
        recorded.tree.remove("\(function)/driver")
        recorded.tree.link("\(function)/driver", to: "../../../../bus/pci/drivers/nvme")
    }

    private func virtual(
        _ action: NVMeOptions.ClearAction = .auto, _ strategy: NVMeOptions.ClearStrategy = .auto,
        commands: (any CommandRunner)? = nil
    ) throws -> NVMeDriver {
        NVMeDriver(
            DriverOptions(
                root: recorded.root,
                nvme: NVMeOptions(
                    deviceSpecs: try DeviceSpec.list(json: #"{"address":"0000:81:00.1"}"#), clearAction: action,
                    clearStrategy: strategy, samples: 64, offersVirtualFunctions: true),
                commands: commands ?? recorded.commands)
        ) { _ in }
    }

    /// Offered when the operator says so, inspected at each bind, and erased without reaching its neighbours.
    @Test func virtualFunctionsWithNamespacesOfTheirOwn() async throws {
        try recorded.root.write("2", to: "/sys/bus/pci/devices/0000:81:00.0/sriov_numvfs")
        try showController(of: "0000:81:00.1")
        let discovery = try discover(virtual())
        #expect(discovery.devices.map { $0.deployables[0].name } == ["h_0000:81:00.1"])
        let handle = try #require(discovery.devices.first?.deployables[0].handles.first)
        #expect(handle.needsPreparation && handle.needsCleaning)
        let order = try order("0000:81:00.1")
        try await virtual().prepare(order)
        drive.behave(.honest, .init(sanitize: 7))
        let record = try await virtual().clean(order)
        #expect(record.methods == ["nvme format, user data erase"])
        let refused = await #expect(throws: DriverFault.self) { try await virtual(.sanitize).clean(order) }
        #expect(refused?.text.contains("would erase its neighbours") == true)
        // A namespace that others may have is two tenants' at once.
        let commands = recorded.commands
        let shared = PlayedCommands { command throws(CommandFault) in
            guard command.arguments.contains("--cdw10=0") else { return nil }
            var page = [UInt8](repeating: 0, count: 4096)
            page[30] = 1
            return CommandResult(output: page)
        }
        let both = FallingBack(first: shared, second: commands)
        for work in [
            { try await virtual(commands: both).prepare(order) },
            { _ = try await virtual(commands: both).clean(order) },
        ] as [() async throws -> Void] {
            let fault = await #expect(throws: DriverFault.self) { try await work() }
            #expect(fault?.text.contains("has the namespace 1, which others may have too") == true)
        }
    }

    @Test func whatReachesTheNeighboursIsOutOfTheQuestion() throws {
        var page = [UInt8](repeating: 0, count: 4096)
        page[256] = 2
        (page[328], page[524]) = (7, 2)
        let drive = try #require(NVMeIdentity(page))
        #expect(try ErasePlan(NVMeOptions(), drive) == .sanitizeBlocks)
        #expect(try ErasePlan(NVMeOptions(), drive, isPart: true) == .zero)
        #expect(throws: DriverFault.self) { try ErasePlan(NVMeOptions(clearAction: .format), drive, isPart: true) }
        #expect(throws: DriverFault.self) { try ErasePlan(NVMeOptions(clearStrategy: .crypto), drive, isPart: true) }
    }

    @Test(arguments: [
        (NVMeOptions.ClearAction.auto, NVMeOptions.ClearStrategy.auto, UInt32(0), "nvme format, user data erase"),
        (.auto, .auto, 2, "nvme sanitize, block erase"), (.auto, .auto, 7, "nvme sanitize, block erase"),
        (.auto, .crypto, 7, "nvme sanitize, crypto erase"), (.sanitize, .block, 4, "nvme sanitize, overwrite"),
        (.format, .auto, 7, "nvme format, user data erase"),
        (.zero, .auto, 7, "zeros over every namespace; blocks that no namespace shows are not reached"),
    ])
    func anHonestDrive(
        action: NVMeOptions.ClearAction, strategy: NVMeOptions.ClearStrategy, sanitize: UInt32, method: String
    ) async throws {
        drive.behave(.honest, .init(sanitize: sanitize, sanitizeLooks: 3))
        let record = try await driver(action, strategy).clean(order())
        #expect(record.methods == [method])
        #expect(record.device["serial"] == "LABNVME0001" && record.device["address"] == address)
        #expect(
            record.verification
                == .samples(seed: 7, count: 1024, size: 4096, written: 1024))
        #expect(record.ended.microseconds >= record.begun.microseconds)
        #expect((0..<256).allSatisfy { drive.block($0).allSatisfy { $0 == 0 } })
        // Once more, as after a crash: nothing was written, and it is erased again.
        let again = try await driver(action, strategy).clean(order())
        #expect(again.verification == .samples(seed: 7, count: 1024, size: 4096, written: 0))
    }

    @Test(arguments: [
        (NVMeOptions.ClearAction.sanitize, NVMeOptions.ClearStrategy.auto, UInt32(0)), (.sanitize, .crypto, 2),
        (.format, .crypto, 7), (.auto, .crypto, 2),
    ])
    func whatADriveLacksIsSaid(
        action: NVMeOptions.ClearAction, strategy: NVMeOptions.ClearStrategy, sanitize: UInt32
    ) async throws {
        drive.behave(.honest, .init(sanitize: sanitize))
        let fault = await #expect(throws: DriverFault.self) { try await driver(action, strategy).clean(order()) }
        #expect(fault?.text.contains("cannot be erased as configured") == true)
        #expect(drive.block(5) != [UInt8](repeating: 0, count: 4096))
    }

    /// Every one of fifty by format, block erase and crypto erase, whatever the sampled places.
    @Test(arguments: [UInt32(0), 2, 1])
    func aLyingDriveIsAlwaysCaught(sanitize: UInt32) async throws {
        let canary = [UInt8](repeating: 0x5a, count: 4096)
        drive.fill { _ in canary }
        drive.behave(.lying, .init(sanitize: sanitize))
        for seed in 1...50 {
            let driver = try driver(seed: UInt64(seed) &* 0x1234_5678_9abc_def1)
            let fault = await #expect(throws: DriverFault.self) { try await driver.clean(order()) }
            #expect(fault?.text.contains("still holds data") == true && fault?.isTransient == false)
        }
    }

    /// One block in a hundred kept: missed with probability 0.99¹⁰²⁴, which is 1 in 29,000.
    @Test func aDriveThatForgetsAPart() async throws {
        for seed in 1...4 {
            drive.fill { block in Array("secret \(block)".utf8) }
            drive.behave(.partial(0.01))
            await #expect(throws: DriverFault.self) { try await driver(seed: UInt64(seed)).clean(order()) }
        }
    }

    @Test func failures() async throws {
        drive.behave(.failing)
        var fault = await #expect(throws: DriverFault.self) { try await driver().clean(order()) }
        #expect(
            fault?.text.contains("'nvme format /dev/nvme1 --namespace-id=1") == true
                && fault?.text.contains("0x4184") == true)
        drive.behave(.failing, .init(sanitize: 2))
        fault = await #expect(throws: DriverFault.self) { try await driver().clean(order()) }
        #expect(fault?.text == "The sanitize operation of /dev/nvme1 failed.")
        // It left failure mode before the next attempt.
        drive.behave(.honest)
        let record = try await driver().clean(order())
        #expect(record.methods == ["nvme sanitize, block erase"])
        #expect(recorded.commands.commands.contains { $0.text == "nvme sanitize /dev/nvme1 --sanact=1" })
        fault = await #expect(throws: DriverFault.self) { try await driver().clean(order("0000:21:00.0")) }
        #expect(fault?.text.contains("is mounted at /srv") == true)
        fault = await #expect(throws: DriverFault.self) { try await driver().clean(order("0000:99:00.0")) }
        #expect(fault?.text == "The drive 0000:99:00.0 is not there.")
        fault = await #expect(throws: DriverFault.self) {
            try await driver().clean(
                HandleOrder(handle: IDSource.random.next(), type: .pci, info: ["bus": "x"], controlPath: ""))
        }
        #expect(fault?.text.contains("names no PCI function") == true)
    }

    @Test func aSanitizeThatDoesNotEnd() async throws {
        drive.behave(.honest, .init(sanitize: 2, sanitizeLooks: 1_000_000))
        let fault = await #expect(throws: DriverFault.self) { try await driver().clean(order()) }
        #expect(fault?.text.contains("not erased within 900 s") == true)
        // Taken up where it stands, not begun anew.
        drive.behave(.honest, .init(sanitize: 2))
        let before = recorded.commands.commands.count { $0.arguments.first == "sanitize" }
        drive.behave(.honest, .init(sanitize: 2, sanitizeLooks: 0))
        await #expect(throws: DriverFault.self) {
            try await driver(during: { _ in throw CancellationError() }).clean(order())
        }
        #expect(recorded.commands.commands.count { $0.arguments.first == "sanitize" } == before)
    }

    /// Killed in mid-erase, at every pause: what follows ends with nothing left.
    @Test func brokenOffAndDoneAgain() async throws {
        for round in 0..<4 {
            drive.fill { block in Array("round \(round) \(block)".utf8) }
            drive.behave(.honest, .init(sanitize: 2, sanitizeLooks: 6))
            let left = Mutex(round)
            let first = try driver { _ in
                let isOver = left.withLock { count in
                    count -= 1
                    return count < 0
                }
                if isOver { throw CancellationError() }
            }
            let fault = await #expect(throws: DriverFault.self) { try await first.clean(order()) }
            #expect(fault?.isTransient == true)
            let record = try await driver().clean(order())
            guard case .samples = record.verification else {
                Issue.record("not verified")
                continue
            }
            #expect((0..<256).allSatisfy { drive.block($0).allSatisfy { $0 == 0 } })
        }
    }

    /// A hypervisor that does not manage drivers left it bound for guests, and finds it so again.
    @Test func theGuestsDriverComesBack() async throws {
        let control = HostControl(recorded.root)
        try await control.bind(try #require(PCIAddress(address)), to: "vfio-pci")
        let record = try await driver().clean(order())
        #expect(record.device["model"] == "QEMU NVMe Ctrl")
        #expect(await control.snapshot().function(at: try #require(PCIAddress(address)))?.driver == "vfio-pci")
        #expect(drive.block(77) == [UInt8](repeating: 0, count: 4096))
    }

    @Test func health() async throws {
        #expect(try await driver().examine(order()).state == .well)
        drive.age(used: 104)
        #expect(try await driver().examine(order()).reason == "its rated endurance is used up")
        drive.age(used: 3, warning: 8)
        #expect(try await driver().examine(order()).state == .sick)
        try await HostControl(recorded.root).bind(try #require(PCIAddress(address)), to: "vfio-pci")
        #expect(try await driver().examine(order()).state == .unknown)
        #expect(try await driver().examine(order("0000:99:00.0")).state == .sick)
    }

    @Test func samplePlaces() {
        let check = SampleCheck(root: recorded.root, path: "", size: 1 << 30, seed: 3, count: 1024)
        #expect(check.places.count == 1024 && check.places.first == 0 && check.places.last == 262_143)
        #expect(check.places == check.places.sorted() && Set(check.places).count == 1024)
        let small = SampleCheck(root: recorded.root, path: "", size: 40960, seed: 3, count: 1024)
        #expect(small.places == Array(0..<10))
        #expect(SampleCheck(root: recorded.root, path: "", size: 100, seed: 3, count: 9).places.isEmpty)
    }

    /// A recorded host's drive may have the name of one of this machine's.
    @Test func thisMachinesToolsAreNotRunForAnotherHost() async throws {
        let options = DriverOptions(
            root: recorded.root, nvme: NVMeOptions(deviceSpecs: try DeviceSpec.list(json: "{}")))
        let fault = await #expect(throws: DriverFault.self) { try await NVMeDriver(options).clean(order()) }
        #expect(fault?.text == "the program 'nvme' is not installed.")
        #expect(SysfsRoot().isThisMachine && SysfsRoot(path: "//").isThisMachine)
        #expect(!recorded.root.isThisMachine && !SysfsRoot(path: "/mnt").isThisMachine)
    }
}
