import Host
import Model
import Synchronization
import Testing

@testable import Drivers

@Suite struct FakeDriverTests {
    private func pass(host: HostName = "h.example") -> DiscoveryPass {
        DiscoveryPass(snapshot: HostSnapshot(SysfsRoot(MemoryTree())), host: host)
    }

    /// Field for field what clients of the reference see.
    @Test func looksLikeTheReferences() throws {
        let discovery = try FakeDriver().discover(pass())
        let device = try #require(discovery.devices.first)
        #expect(discovery.devices.count == 1 && discovery.notes.isEmpty)
        #expect(device.type == .fpga && device.vendor == "0xABCD" && device.model == "miss model info")
        #expect(device.standardBoardInfo == #"{"device_id": "0xabcd", "class": "Fake class"}"#)
        #expect(device.vendorBoardInfo == "fake_vendor_info")
        #expect(device.controlPath == #"{"domain":"0000","bus":"0c","device":"00","function":"0"}"#)
        #expect(device.driver == "fake")
        let deployable = try #require(device.deployables.first)
        #expect(device.deployables.count == 1)
        #expect(deployable.name == "h_example_FakeDevice")
        #expect(deployable.resourceProvider == ProviderNames.identifier(ofProvider: "h_example_FakeDevice"))
        #expect(deployable.resourceClass == "FPGA" && deployable.accelerators == 16)
        #expect(deployable.traits == ["CUSTOM_FAKE_DEVICE"])
        #expect(deployable.attributes.map(\.key) == ["traits1", "rc"])
        #expect(deployable.attributes.map(\.value) == ["CUSTOM_FAKE_DEVICE", "FPGA"])
        #expect(deployable.handles.count == 16)
        #expect(deployable.handles.allSatisfy { $0.type == .testPCI && !$0.needsPreparation })
        #expect(
            deployable.handles.first?.info == ["domain": "0000", "bus": "0c", "device": "0", "function": "1"])
        #expect(
            deployable.handles.last?.info == ["domain": "0000", "bus": "0c", "device": "2", "function": "0"])
    }

    @Test func aFleet() throws {
        let devices = try FakeDriver(FakeOptions(devices: 3, accelerators: 2)).discover(pass(host: "h")).devices
        #expect(devices.map { $0.deployables[0].name } == ["h_FakeDevice", "h_FakeDevice_2", "h_FakeDevice_3"])
        #expect(Set(devices.map(\.controlPath)).count == 3)
        #expect(Set(devices.flatMap { $0.deployables[0].handles.map(\.info) }).count == 6)
        #expect(throws: DriverFault.self) { try FakeDriver(FakeOptions(devices: 300)).discover(pass()) }
    }

    private let order = HandleOrder(
        handle: IDSource.random.next(), type: .testPCI, info: ["function": "1"], controlPath: "{}")

    @Test func preparationWaitsAsLongAsItIsTold() async throws {
        let waited = Mutex<[Duration]>([])
        let driver = FakeDriver(
            FakeOptions(prepareDelay: .seconds(3)) { duration in waited.withLock { $0.append(duration) } })
        #expect(driver.capabilities.prepares)
        #expect(try driver.discover(pass()).devices[0].deployables[0].handles.allSatisfy(\.needsPreparation))
        try await driver.prepare(order)
        #expect(waited.withLock { $0 } == [.seconds(3)])
        try await driver.withdraw(order)
        try await driver.clean(order)
        #expect(waited.withLock { $0.count } == 1)
    }

    @Test func aPreparationThatIsBrokenOffMayBeTriedAgain() async throws {
        let driver = FakeDriver(FakeOptions(prepares: true) { _ in throw CancellationError() })
        let fault = await #expect(throws: DriverFault.self) { try await driver.prepare(order) }
        #expect(fault?.isTransient == true)
    }

    @Test func nothingToPrepareTakesNoTime() async throws {
        let driver = FakeDriver(FakeOptions { _ in Issue.record("waited") })
        try await driver.prepare(order)
    }
}
