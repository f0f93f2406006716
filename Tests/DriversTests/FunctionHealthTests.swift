import Host
import Model
import Testing

@testable import Drivers

@Suite struct FunctionHealthTests {
    private let recorded: RecordedHost
    private let health: FunctionHealth

    init() throws {
        recorded = try fixture("two-socket")
        health = FunctionHealth(control: HostControl(recorded.root))
    }

    private func folder(_ address: String) throws -> String {
        try recorded.root.destination(of: "/sys/bus/pci/devices/\(address)")
    }

    private func put(_ bytes: [UInt8], _ address: String) throws {
        recorded.tree.put(.file(bytes + Array(repeating: 0, count: 60)), at: try folder(address) + "/config")
    }

    private func order(_ info: [String: String]) -> HandleOrder {
        HandleOrder(handle: IDSource.random.next(), type: .pci, info: info, controlPath: "")
    }

    private func look(_ address: String) async throws -> DeviceHealth {
        let address = try #require(PCIAddress(address))
        return try await health.examine(order(address.attachInfo))
    }

    private static let alive: [UInt8] = [0xde, 0x10, 0xb5, 0x20]

    @Test func aFunctionAnswersOrDoesNot() async throws {
        recorded.tree.put(.unreadable, at: try folder("0000:82:00.0") + "/config")
        #expect(try await look("0000:82:00.0").state == .unknown)
        try put(Self.alive, "0000:82:00.0")
        let well = try await look("0000:82:00.0")
        #expect(well.state == .well && well.evidence["config"] == "de10b520")
        try put([0xff, 0xff, 0xff, 0xff], "0000:82:00.0")
        let dead = try await look("0000:82:00.0")
        #expect(dead.state == .sick && dead.reason == "0000:82:00.0 does not answer on its bus")
        #expect(try await look("0000:99:00.0").reason == "it is gone from the bus")
    }

    /// A virtual function's own numbers are all ones; its physical one is asked.
    @Test func virtualFunctionsAreAsTheirPhysicalOne() async throws {
        try put([0xff, 0xff, 0xff, 0xff], "0000:82:10.1")
        try put(Self.alive, "0000:82:00.0")
        #expect(try await look("0000:82:10.1").state == .well)
        recorded.tree.file(
            try folder("0000:82:00.0") + "/aer_dev_fatal", "Undefined 0\nDLP 2\nTOTAL_ERR_FATAL 2\n")
        let worn = try await look("0000:82:10.1")
        #expect(worn.state == .worn && worn.reason == "2 fatal errors on its link since the host's start")
        #expect(worn.evidence["fatal_errors"] == "2")
    }

    @Test func ofAGroupTheWorstMemberCounts() async throws {
        let info = ["members": "0000:23:00.0,0000:82:10.0"]
        try put(Self.alive, "0000:23:00.0")
        try put(Self.alive, "0000:82:00.0")
        #expect(try await health.examine(order(info)).state == .well)
        try put([0xff, 0xff, 0xff, 0xff], "0000:23:00.0")
        let sick = try await health.examine(order(info))
        #expect(sick.state == .sick && sick.reason == "0000:23:00.0: 0000:23:00.0 does not answer on its bus")
        #expect(sick.evidence["0000:82:10.0 config"] == "de10b520")
        await #expect(throws: DriverFault.self) { try await health.examine(order(["members": "x"])) }
    }
}
