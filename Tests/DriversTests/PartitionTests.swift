import Host
import Model
import Synchronization
import Testing

@testable import Drivers

@Suite struct PartitionTests {
    private let recorded: RecordedHost
    private let gpu: PCIAddress
    private let drive: PCIAddress

    init() throws {
        recorded = try fixture("two-socket")
        gpu = try #require(PCIAddress("0000:82:00.0"))
        drive = try #require(PCIAddress("0000:81:00.0"))
    }

    private func settle(_ wishes: [PartitionWish], commands: any CommandRunner = PlayedCommands()) async
        -> [PartitionOutcome]
    {
        await Partitioner(wishes, control: HostControl(recorded.root), commands: commands).settle()
    }

    private func enabled(_ address: PCIAddress) -> Int? {
        HostSnapshot(recorded.root).function(at: address)?.sriov?.enabled
    }

    @Test func madeSoOnce() async {
        let wishes = [PartitionWish(address: gpu, virtualFunctions: 2)]
        #expect(await settle(wishes) == [PartitionOutcome(address: gpu, failure: nil, changed: true)])
        #expect(enabled(gpu) == 2)
        #expect(await settle(wishes) == [PartitionOutcome(address: gpu, failure: nil, changed: false)])
    }

    /// After a reboot there are no virtual functions, and no driver that could make them.
    @Test func againAfterAReboot() async throws {
        try await HostControl(recorded.root).setVirtualFunctions(0, of: gpu)
        try recorded.root.write("0000:82:00.0", to: "/sys/bus/pci/drivers/pci-pf-stub/unbind")
        let without = await settle([PartitionWish(address: gpu, virtualFunctions: 4)])
        #expect(without[0].failure != nil)
        let outcome = await settle([PartitionWish(address: gpu, virtualFunctions: 4, driver: "pci-pf-stub")])
        #expect(outcome[0] == PartitionOutcome(address: gpu, failure: nil, changed: true))
        #expect(enabled(gpu) == 4)
    }

    @Test func whatIsInUseIsLeftAloneAndHoldsUpNoOther() async throws {
        let qat = try #require(PCIAddress("0000:24:00.0"))
        let guests = try #require(PCIAddress("0000:82:10.1"))
        let gone = try #require(PCIAddress("0000:99:00.0"))
        let mounted = try #require(PCIAddress("0000:21:00.0"))
        try await HostControl(recorded.root).bind(guests, to: "vfio-pci")
        let outcomes = await settle([
            PartitionWish(address: gpu, virtualFunctions: 0), PartitionWish(address: gone, virtualFunctions: 1),
            PartitionWish(address: mounted, virtualFunctions: 1), PartitionWish(address: gpu, virtualFunctions: 9),
            PartitionWish(address: qat, virtualFunctions: 3),
        ])
        #expect(outcomes.map(\.changed) == [false, false, false, false, true])
        #expect(outcomes[0].failure?.contains("0000:82:10.1 may be in a guest's hands") == true)
        #expect(outcomes[1].failure == "There is no PCI function 0000:99:00.0 on this host.")
        #expect(outcomes[2].failure == "0000:21:00.0 can have no virtual functions.")
        #expect(outcomes[3].failure?.contains("at most 4") == true)
        #expect(enabled(gpu) == 4 && enabled(qat) == 3)
    }

    /// The physical function itself may be a guest's, by the host's word or by the control plane's.
    @Test func aFunctionThatIsHeldIsNotDivided() async throws {
        try await HostControl(recorded.root).setVirtualFunctions(0, of: gpu)
        let wishes = [PartitionWish(address: gpu, virtualFunctions: 2, driver: "pci-pf-stub")]
        func settle(_ held: FunctionHoldings?) async -> PartitionOutcome {
            await Partitioner(wishes, control: HostControl(recorded.root), commands: PlayedCommands())
                .settle(held: held)[0]
        }
        let before = HostSnapshot(recorded.root)
        let told = await settle(FunctionHoldings(handles: [gpu.attachInfo]))
        #expect(told.failure?.contains("0000:82:00.0 may be in a guest's hands: the control plane says") == true)
        let group = ["group": "g", "members": "0000:23:00.0,0000:82:00.0"].merging(gpu.attachInfo) { first, _ in first }
        #expect(await settle(FunctionHoldings(handles: [group])).failure != nil)
        let unknown = await settle(nil)
        #expect(unknown.failure?.contains("has not said yet who holds what") == true)
        #expect(HostSnapshot(recorded.root) == before)
        try await HostControl(recorded.root).bind(gpu, to: "vfio-pci")
        let bound = await settle(FunctionHoldings())
        #expect(bound.failure?.contains("it is bound to 'vfio-pci'") == true && !bound.changed)
        #expect(HostSnapshot(recorded.root).function(at: gpu)?.driver == "vfio-pci" && enabled(gpu) == 0)
        try await HostControl(recorded.root).bind(gpu, to: nil)
        #expect(await settle(FunctionHoldings()) == PartitionOutcome(address: gpu, failure: nil, changed: true))
        // A virtual one, bound to what its vendor calls its own.
        recorded.tree.link(
            "/sys/devices/pci0000:80/0000:80:01.0/0000:82:10.1/driver", to: "../../../../bus/pci/drivers/acme_vfio_pci")
        let wish = [PartitionWish(address: gpu, virtualFunctions: 4)]
        let variant = await Partitioner(wish, control: HostControl(recorded.root), commands: PlayedCommands()).settle()
        #expect(variant[0].failure?.contains("0000:82:10.1 may be in a guest's hands") == true && enabled(gpu) == 2)
    }

    @Test func aCardThatIsHeldAsAWholeGivesNoShare() async throws {
        let (recorded, _, look) = try vgpu()
        let share = MdevPartition(parent: Self.parent, type: "nvidia-474", devices: 3)
        let partitioner = Partitioner(
            [], mdevs: [share], control: HostControl(recorded.root), commands: PlayedCommands())
        let whole = await partitioner.settle(held: FunctionHoldings(handles: [gpu.attachInfo]))
        #expect(whole[0].failure?.contains("all of it is held") == true && look()?.devices.count == 1)
        #expect(await partitioner.settle(held: nil)[0].failure != nil)
        let part = gpu.attachInfo.merging(["vgpu_mark": "nvidia-474_0"]) { first, _ in first }
        #expect(await partitioner.settle(held: FunctionHoldings(handles: [part]))[0].failure == nil)
        #expect(look()?.devices.count == 3)
    }

    @Test func drivesGiveTheirVirtualControllersResourcesFirst() async throws {
        try await HostControl(recorded.root).setVirtualFunctions(0, of: drive)
        let controllers = Controllers()
        let played = PlayedCommands { command throws(CommandFault) in controllers.answer(command.arguments) }
        let outcome = await settle([PartitionWish(address: drive, virtualFunctions: 2)], commands: played)
        #expect(outcome[0].failure == nil && enabled(drive) == 2)
        #expect(
            played.commands.filter { $0.arguments[0] == "virt-mgmt" }.map {
                $0.arguments.dropFirst(2).joined(separator: " ")
            } == [
                "--cntlid=1 --rt=0 --nr=0 --act=7", "--cntlid=1 --rt=0 --nr=2 --act=8",
                "--cntlid=1 --rt=1 --nr=1 --act=8",
                "--cntlid=2 --rt=0 --nr=0 --act=7", "--cntlid=2 --rt=0 --nr=2 --act=8",
                "--cntlid=2 --rt=1 --nr=1 --act=8",
                "--cntlid=1 --rt=0 --nr=0 --act=9", "--cntlid=2 --rt=0 --nr=0 --act=9",
            ])
        #expect(HostSnapshot(recorded.root).function(at: drive)?.sriov?.autoprobe == false)
        try await HostControl(recorded.root).setVirtualFunctions(0, of: drive)
        let failing = PlayedCommands { _ throws(CommandFault) in CommandResult(status: 1, "", errors: "no") }
        #expect(await settle([PartitionWish(address: drive, virtualFunctions: 2)], commands: failing)[0].failure != nil)
        #expect(enabled(drive) == 0)
    }

    /// A drive as virtualization management sees it.
    private final class Controllers: Sendable {
        struct State: Sendable {
            var online = false
            var queues = 0
            var interrupts = 0
        }

        let state = Mutex<[Int: State]>([1: State(), 2: State()])
        /// Takes what it is given and keeps nothing.
        let forgets: Bool

        init(forgets: Bool = false) { self.forgets = forgets }

        func answer(_ arguments: [String]) -> CommandResult? {
            func option(_ name: String) -> Int {
                arguments.first { $0.hasPrefix("--\(name)=") }.flatMap { Int($0.dropFirst(name.count + 3)) } ?? 0
            }
            switch arguments.first {
            case "virt-mgmt":
                state.withLock { state in
                    let number = option("cntlid")
                    switch (option("act"), option("rt")) {
                    case (7, _): state[number]?.online = false
                    case (8, 0): state[number]?.queues = forgets ? 0 : option("nr")
                    case (8, _): state[number]?.interrupts = option("nr")
                    default: state[number]?.online = true
                    }
                }
                return CommandResult()
            case "list-secondary":
                let entries = state.withLock { $0 }.sorted { $0.key < $1.key }.map { number, one in
                    """
                    {"secondary-controller-identifier": \(number), "primary-controller-identifier": 0,
                     "secondary-controller-state": \(one.online ? 1 : 0), "virtual-function-number": \(number),
                     "num-virtual-queues": "\(one.queues)", "num-virtual-interrupts": "0x\(String(one.interrupts, radix: 16))"}
                    """
                }
                return CommandResult(
                    "{\"num\": 2, \"secondary-controllers\": [\(entries.joined(separator: ","))]}")
            default: return nil
            }
        }
    }

    /// What the drive says it has decides, also where the number of its functions was right from the start.
    @Test func virtualControllersAreReadBack() async throws {
        let wish = [PartitionWish(address: drive, virtualFunctions: 2, queues: 4)]
        let controllers = Controllers()
        let played = PlayedCommands { command throws(CommandFault) in controllers.answer(command.arguments) }
        // The functions are there and their controllers have nothing.
        #expect(enabled(drive) == 2)
        #expect(await settle(wish, commands: played) == [PartitionOutcome(address: drive, failure: nil, changed: true)])
        #expect(controllers.state.withLock { $0.values.allSatisfy { $0.online && $0.queues == 4 } })
        let count = played.commands.count
        #expect(
            await settle(wish, commands: played) == [PartitionOutcome(address: drive, failure: nil, changed: false)])
        #expect(played.commands.count == count + 1, "it is asked once, and told nothing")
        // One that a guest may have is left as it is, and said.
        controllers.state.withLock { $0[2]?.online = false }
        let second = try #require(HostSnapshot(recorded.root).function(at: drive)?.sriov?.functions.last)
        try await HostControl(recorded.root).bind(second, to: "vfio-pci")
        #expect(
            await settle(wish, commands: played)[0].failure
                == "/dev/nvme1: the virtual controller 2 is offline.")
        // A drive that reports success and gives nothing is found out.
        try await HostControl(recorded.root).bind(second, to: nil)
        let liar = Controllers(forgets: true)
        let lying = PlayedCommands { command throws(CommandFault) in liar.answer(command.arguments) }
        #expect(
            await settle(wish, commands: lying)[0].failure?.contains(
                "has 0 queues and 1 interrupts in place of 4 and 1")
                == true)
    }

    // MARK: Mediated devices

    private static let parent = "0000:82:00.0"

    private func vgpu() throws -> (RecordedHost, (MdevPartition) -> Partitioner, () -> MdevType?) {
        let recorded = try fixture("vgpu")
        let make = { (share: MdevPartition) in
            Partitioner([], mdevs: [share], control: HostControl(recorded.root), commands: PlayedCommands())
        }
        let look = {
            HostSnapshot(recorded.root).mdevParents.first { $0.name == Self.parent }?.types.first {
                $0.name == "nvidia-474"
            }
        }
        return (recorded, make, look)
    }

    @Test func aShareIsMadeKeptAndGivenBack() async throws {
        let (recorded, make, look) = try vgpu()
        let held = try #require(look()?.devices)
        #expect(held.count == 1, "one that is nobody's here is in use")
        func settle(_ devices: Int) async -> PartitionOutcome {
            await make(MdevPartition(parent: Self.parent, type: "nvidia-474", devices: devices)).settle()[0]
        }
        #expect(
            make(.init(parent: Self.parent, type: "nvidia-474", devices: 3)).isUnsettled(HostSnapshot(recorded.root)))
        let made = await settle(3)
        #expect(made == PartitionOutcome(subject: "\(Self.parent) nvidia-474", failure: nil, changed: true))
        #expect(look()?.devices.count == 3 && look()?.devices.contains(held[0]) == true)
        #expect(
            !make(.init(parent: Self.parent, type: "nvidia-474", devices: 3)).isUnsettled(HostSnapshot(recorded.root)))
        #expect(await settle(3).changed == false)
        let fewer = await settle(2)
        #expect(fewer.failure == nil && fewer.changed && look()?.devices.count == 2)
        // What is in use stays, and that is said.
        let none = await settle(0)
        #expect(
            none.changed && none.failure?.contains("keeps 1 devices of type nvidia-474, for they are in use") == true)
        #expect(look()?.devices == held)
        let much = await settle(200)
        #expect(much.failure?.contains("of 200 devices of type nvidia-474") == true)
        let unknown = await make(.init(parent: "0000:99:00.0", type: "nvidia-474", devices: 1)).settle().last
        #expect(unknown?.failure == "0000:99:00.0 offers no mediated devices.")
        let wrong = await make(.init(parent: Self.parent, type: "nvidia-1", devices: 1)).settle()[0]
        #expect(wrong.failure?.contains("offers no type nvidia-1; it has nvidia-474, nvidia-475") == true)
        // After a reboot nothing of it is left, and it is made anew.
        for name in look()?.devices ?? [] { try await HostControl(recorded.root).removeMdev(name) }
        #expect(await settle(3).changed && look()?.devices.count == 3)
    }

    /// An entry that was deleted, not set to 0, leaves nothing behind; what is others' stays, and so does a share beside it.
    @Test func aShareThatIsNoLongerConfiguredIsGivenBack() async throws {
        let (recorded, make, look) = try vgpu()
        let held = try #require(look()?.devices)
        _ = await make(MdevPartition(parent: Self.parent, type: "nvidia-474", devices: 4)).settle()
        #expect(look()?.devices.count == 4)
        let other = make(MdevPartition(parent: Self.parent, type: "nvidia-475", devices: 1))
        #expect(other.isUnsettled(HostSnapshot(recorded.root)))
        let outcomes = await other.settle()
        #expect(outcomes.map(\.subject) == ["\(Self.parent) nvidia-474", "\(Self.parent) nvidia-475"])
        #expect(outcomes.allSatisfy { $0.changed && $0.failure == nil })
        #expect(look()?.devices == held)
        #expect(!other.isUnsettled(HostSnapshot(recorded.root)))
        let none = Partitioner([], control: HostControl(recorded.root), commands: PlayedCommands())
        #expect(none.isUnsettled(HostSnapshot(recorded.root)))
        #expect(await none.settle().map(\.subject) == ["\(Self.parent) nvidia-475"])
        #expect(await none.settle().isEmpty && !none.isUnsettled(HostSnapshot(recorded.root)))
    }

    /// A spare makes way for the handle's device and is there again after it, whoever makes the device.
    @Test(arguments: [MdevOptions.Creator.agent, .nova])
    func spareDevicesMakeWay(creator: MdevOptions.Creator) async throws {
        let (recorded, make, look) = try vgpu()
        let share = MdevPartition(parent: Self.parent, type: "nvidia-474", devices: 3)
        _ = await make(share).settle()
        let driver = MdevDriver(
            DriverOptions(
                root: recorded.root,
                mdev: MdevOptions(
                    specs: [MdevSpec(parent: Self.parent, type: "nvidia-474")], creator: creator, persists: false,
                    partitions: [share]), commands: PlayedCommands()))
        func discover() throws -> DeployableReport? {
            try driver.discover(DiscoveryPass(snapshot: HostSnapshot(recorded.root), host: "h")).devices.first?
                .deployables[0]
        }
        let before = try #require(try discover())
        let handle = try #require(before.handles.first)
        #expect(handle.needsPreparation)
        let order = HandleOrder(for: handle)
        for _ in 1...2 { try await driver.prepare(order) }
        let name = order.handle.description
        #expect(look()?.devices.count == (creator == .agent ? 3 : 2))
        #expect(look()?.devices.contains(name) == (creator == .agent))
        if creator == .nova {
            try await HostControl(recorded.root).createMdev(name, type: "nvidia-474", on: Self.parent)
        }
        #expect(try discover() == before, "the share is as large as it was")
        for _ in 1...2 { try await driver.clean(order) }
        #expect(look()?.devices.count == 3 && look()?.devices.contains(name) == false)
        #expect(try discover() == before)
    }

    @Test func sharesAreChecked() throws {
        let good = try MdevPartition(
            .mapping(["parent": .text("mtty"), "type": .text("mtty-2"), "devices": .text("4")]))
        #expect(good == MdevPartition(parent: "mtty", type: "mtty-2", devices: 4))
        for wrong in [
            ["parent": SpecValue.text("mtty"), "type": .text("mtty-2")],
            ["parent": .text("mtty"), "devices": .text("4")],
            ["parent": .text("mtty"), "type": .text("mtty-2"), "devices": .text("5000")],
        ] { #expect(throws: DeviceSpecFault.self) { try MdevPartition(.mapping(wrong)) } }
    }

    @Test func wishesAreChecked() {
        #expect(throws: DeviceSpecFault.self) { try PartitionWish(address: "82:00", virtualFunctions: 1) }
        #expect(throws: DeviceSpecFault.self) { try PartitionWish(address: "0000:82:00.0", virtualFunctions: -1) }
    }
}
