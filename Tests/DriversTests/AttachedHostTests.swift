import Host
import Model
import Testing

@testable import Drivers

/// The laboratory's host as it was while guests had one device of each driver, beside the same host with nothing held: what is
/// offered must not change by that, or its holders would lose it.
@Suite struct AttachedHostTests {
    private func drivers(_ host: RecordedHost) throws -> [any Driver] {
        let mdev = MdevOptions(specs: [MdevSpec(parent: "mtty", type: "mtty-2")])
        let options = DriverOptions(
            root: host.root,
            deviceSpecs: try DeviceSpec.list(
                json: #"[{"address": "0000:82:10.*", "memory_region": 2}, {"vendor_id": "10ee", "memory_region": 2}]"#),
            nvme: NVMeOptions(deviceSpecs: try DeviceSpec.list(json: #"{"address": "0000:81:00.0"}"#)), mdev: mdev,
            nvidia: NvidiaOptions(types: [try #require(PCIAddress("0000:23:00.0")): ["nvidia-474"]]),
            commands: host.commands)
        return [
            NvidiaDriver(options), IntelQATDriver(options), NVMeDriver(options), MdevDriver(options),
            PCIDriver(options),
        ]
    }

    private func offered(_ host: RecordedHost) throws -> [DeployableReport] {
        let pass = DiscoveryPass(snapshot: HostSnapshot(host.root), host: "labhost")
        return try drivers(host).flatMap { try $0.discover(pass).devices }.flatMap(\.deployables)
    }

    @Test func whatGuestsHaveIsOfferedAsBefore() throws {
        let free = try fixture("lab-free")
        let attached = try fixture("lab-attached")
        let snapshot = HostSnapshot(attached.root)
        #expect(snapshot.functions.count { $0.driver == "vfio-pci" } == 3)
        #expect(snapshot.mdevs.count == 2 && HostSnapshot(free.root).mdevs.isEmpty)
        let before = try offered(free)
        #expect(before.count >= 17)
        #expect(try offered(attached) == before)
    }

    @Test func whatWasTakenFromTheHostIsCleanedAndGivenBack() async throws {
        let host = try fixture("lab-attached")
        let address = try #require(PCIAddress("0000:24:10.0"))
        let order = HandleOrder(
            handle: IDSource.random.next(), type: .pci, info: address.attachInfo,
            controlPath: PythonJSON.controlPath(address))
        let record = try await IntelQATDriver(DriverOptions(root: host.root)).clean(order)
        #expect(record.methods.first?.hasPrefix("reset") == true)
        #expect(HostSnapshot(host.root).function(at: address)?.driver == "vfio-pci")
    }
}
