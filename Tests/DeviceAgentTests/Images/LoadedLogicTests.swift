import Drivers
import Host
import Link
import Model
import TestAgent
import Testing

@testable import Agent
@testable import DeviceAgent

/// Devices that do not say what they have: what the agent loaded onto them is among their traits until something else is loaded.
@Suite struct LoadedLogicTests {
    private let card = device("h1_a")

    private func key(_ device: DeviceReport) -> String {
        LoadedLogic.key(driver: device.driver, controlPath: device.controlPath)
    }

    private func traits(_ devices: [DeviceReport]) -> [[String]] { devices.flatMap { $0.deployables.map(\.traits) } }

    @Test func `the trait is named after the driver's vendor, and stands among the attributes`() throws {
        var xilinx = card
        xilinx.driver = "xilinx_fpga"
        let named = LoadedLogic.named([xilinx], [key(xilinx): "f00d"])
        let trait = "CUSTOM_FPGA_FUNCTION_ID_XILINX_F00D"
        #expect(named[0].deployables.allSatisfy { $0.traits.last == trait })
        #expect(named[0].deployables.allSatisfy { $0.attributes.last?.value == trait })
        // Named once, however often it is looked at.
        #expect(LoadedLogic.named(named, [key(xilinx): "beef"]) == named)
        #expect(LoadedLogic.named([xilinx], [:]) == [xilinx])
        #expect(LoadedLogic.named([xilinx], [key(card): "f00d"]) == [xilinx])
        #expect(LoadedLogic.named([xilinx], [key(xilinx): "f00d!"]) == [xilinx])
    }

    @Test func `what a device says itself counts`() {
        var own = card
        own.deployables[0].traits.append("CUSTOM_FPGA_FUNCTION_ID_INTEL_D8")
        #expect(LoadedLogic.named([own], [key(own): "f00d"]) == [own])
    }

    @Test func `it survives the agent, and not a cleaning that loads other logic`() async throws {
        let disk = MemoryDisk()
        let keeper = try StateKeeper(disk: disk, logger: quiet)
        await keeper.change { $0.loaded["xilinx_fpga {}"] = "F00D" }
        #expect(try await StateKeeper(disk: disk, logger: quiet).state.loaded == ["xilinx_fpga {}": "F00D"])
        let worker = HandleWorker(drivers: [Cleaner()], keeper: keeper, wait: { _ in }, logger: quiet)
        let work = DeviceWork(
            id: IDSource.random.next(), kind: .clean, handle: IDSource.random.next(),
            attachment: Attachment(.testPCI, [:]), controlPath: "{}", driver: "xilinx_fpga", request: nil,
            deadline: Int64.max / 2)
        let doing = try worker.doing(work.item)
        let outcome = try #require(await doing())
        guard case .cleaned = try DeviceOutcome(outcome) else { return #expect(Bool(false)) }
        #expect(await keeper.state.loaded == [:])
    }

    private struct Cleaner: Driver {
        let name = "xilinx_fpga"
        let capabilities = DriverCapabilities(cleans: true)

        func discover(_ pass: DiscoveryPass) throws(DriverFault) -> Discovery { Discovery() }

        func clean(_ order: HandleOrder) async throws(DriverFault) -> CleaningRecord {
            let now = Timestamp(microseconds: 0)
            return CleaningRecord(
                device: [:], methods: [CleaningRecord.loaded("/srv/blank")], verification: .unneeded, begun: now,
                ended: now)
        }
    }
}
