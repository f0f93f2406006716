import FoundationEssentials
import Host
import Model
import Testing

@testable import Drivers

/// A configurable fleet, and faults on command.
@Suite struct FakeFleetTests {
    private let pass = DiscoveryPass(snapshot: HostSnapshot(SysfsRoot(MemoryTree())), host: "h")

    private func order(_ driver: FakeDriver, _ device: Int) throws -> HandleOrder {
        let report = try FakeDriver(FakeOptions(devices: 4)).discover(pass).devices[device - 1]
        return HandleOrder(
            handle: IDSource.random.next(), type: .testPCI, info: report.deployables[0].handles[0].info,
            controlPath: report.controlPath)
    }

    @Test func aFleetOfKinds() throws {
        let kinds = SpecValue(
            json: #"""
                [{"count": 2, "accelerators": 4, "type": "gpu", "vendor": "10de", "model": "20b5", "numa_node": 1,
                  "resource_class": "PGPU", "traits": "fast", "prepare_delay": "1s"}, {"clean_delay": "2s"}]
                """#)
        guard case .list(let entries)? = kinds else { return #expect(Bool(false)) }
        let driver = FakeDriver(FakeOptions(fleet: try entries.map { try FakeKind($0) }))
        let devices = try driver.discover(pass).devices
        #expect(devices.map(\.type) == [.gpu, .gpu, .fpga])
        #expect(
            devices.map { $0.deployables[0].name } == ["h_FakeDevice", "h_FakeDevice_2", "h_FakeDevice_3"])
        #expect(devices[0].deployables[0].traits == ["CUSTOM_FAKE_DEVICE", "CUSTOM_FAST"])
        #expect(devices[0].facts == ["numa_node": "1"] && devices[0].deployables[0].handles.count == 4)
        #expect(devices[0].deployables[0].handles[0].needsPreparation)
        #expect(!devices[0].deployables[0].handles[0].needsCleaning)
        #expect(devices[2].deployables[0].handles[0].needsCleaning)
    }

    @Test func faultsThatStandInTheConfiguration() async throws {
        let driver = FakeDriver(
            FakeOptions(
                devices: 3,
                faults: [
                    FakeFault(.vanish, device: 2), FakeFault(.sick, device: 3, reason: "its fan stands still."),
                    FakeFault(.clean, device: 1, reason: "the tool is gone."),
                    FakeFault(.prepare, device: 3, mode: .retry),
                ]))
        #expect(
            try driver.discover(pass).devices.map { $0.deployables[0].name } == ["h_FakeDevice", "h_FakeDevice_3"])
        let health = try await driver.examine(order(driver, 3))
        #expect(health.state == .sick && health.reason == "its fan stands still.")
        #expect(try await driver.examine(order(driver, 1)).state == .well)
        let fault = await #expect(throws: DriverFault.self) { try await driver.clean(order(driver, 1)) }
        #expect(fault == DriverFault("the tool is gone."))
        #expect(try await driver.clean(order(driver, 3)).methods == ["nothing"])
        let passing = await #expect(throws: DriverFault.self) { try await driver.prepare(order(driver, 3)) }
        #expect(passing?.isTransient == true)
    }

    @Test func faultsOnCommand() async throws {
        let file = FileManager.default.temporaryDirectory.appending(path: "faults-\(UUID().uuidString).json").path
        defer { try? FileManager.default.removeItem(atPath: file) }
        let driver = FakeDriver(FakeOptions(devices: 2, controlFile: file, wait: { _ in }))
        #expect(driver.looksBeyondTheSnapshot)
        #expect(try driver.discover(pass).devices.count == 2)
        func command(_ text: String) throws { try Data(text.utf8).write(to: URL(filePath: file), options: .atomic) }

        try command(#"{"fault": "discovery", "reason": "the bus is gone."}"#)
        let fault = #expect(throws: DriverFault.self) { try driver.discover(pass) }
        #expect(fault?.text == "the bus is gone.")

        try command(#"[{"fault": "vanish", "device": 1}, {"fault": "clean"}]"#)
        #expect(try driver.discover(pass).devices.map { $0.deployables[0].name } == ["h_FakeDevice_2"])
        await #expect(throws: DriverFault.self) { try await driver.clean(order(driver, 2)) }

        try command("nonsense")
        #expect(#expect(throws: DriverFault.self) { try driver.discover(pass) }?.text.contains("is not JSON") == true)

        try FileManager.default.removeItem(atPath: file)
        #expect(try driver.discover(pass).devices.count == 2)
        try await driver.clean(order(driver, 2))
    }

    /// A step that hangs goes on when the fault is taken away, and is broken off with its task.
    @Test func hangsEndWithTheirFault() async throws {
        let file = FileManager.default.temporaryDirectory.appending(path: "faults-\(UUID().uuidString).json").path
        defer { try? FileManager.default.removeItem(atPath: file) }
        let held = Data(#"[{"fault": "clean", "mode": "hang"}]"#.utf8)
        try held.write(to: URL(filePath: file))
        // The first pause takes the fault away.
        let driver = FakeDriver(
            FakeOptions(controlFile: file, wait: { _ in try? FileManager.default.removeItem(atPath: file) }))
        try await driver.clean(order(driver, 1))
        try held.write(to: URL(filePath: file))
        let stuck = FakeDriver(FakeOptions(controlFile: file, wait: { _ in throw CancellationError() }))
        let fault = await #expect(throws: DriverFault.self) { try await stuck.clean(order(stuck, 1)) }
        #expect(fault?.isTransient == true)
    }

    @Test func slowStepsTakeLonger() async throws {
        let driver = FakeDriver(
            FakeOptions(
                cleanDelay: .seconds(2), faults: [FakeFault(.clean, mode: .slow, delay: .seconds(30))],
                wait: { span in if span != .seconds(32) { throw CancellationError() } }))
        try await driver.clean(order(driver, 1))
    }
}
