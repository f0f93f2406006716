import Host
import Model
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

    @Test func drivesGiveTheirVirtualControllersResourcesFirst() async throws {
        try await HostControl(recorded.root).setVirtualFunctions(0, of: drive)
        let played = PlayedCommands { _ throws(CommandFault) in CommandResult() }
        let outcome = await settle([PartitionWish(address: drive, virtualFunctions: 2)], commands: played)
        #expect(outcome[0].failure == nil && enabled(drive) == 2)
        #expect(
            played.commands.map { $0.arguments.dropFirst(2).joined(separator: " ") } == [
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

    @Test func wishesAreChecked() {
        #expect(throws: DeviceSpecFault.self) { try PartitionWish(address: "82:00", virtualFunctions: 1) }
        #expect(throws: DeviceSpecFault.self) { try PartitionWish(address: "0000:82:00.0", virtualFunctions: -1) }
    }
}
