import Drivers
import Model
import TestWatched

/// A driver whose devices and doings a test decides.
final class ScriptedDriver: Driver {
    typealias Doing = @Sendable (_ order: HandleOrder, _ call: Int) async throws(DriverFault) -> Void

    struct State: Sendable {
        var devices: [DeviceReport] = []
        var failure: DriverFault?
        var orders: [Order] = []
        var looks = 0
        var health = DeviceHealth(.unknown)
        var examinations = 0
    }

    struct Order: Sendable, Equatable {
        let kind: WorkItemKindName
        let handle: AttachHandleID
    }

    enum WorkItemKindName: Sendable { case prepare, withdraw, clean }

    let name: String
    let capabilities = DriverCapabilities(prepares: true, cleans: true)
    let looksBeyondTheSnapshot = true
    let state: Watched<State>
    private let doing: Doing

    init(
        _ name: String = "scripted", devices: [DeviceReport] = [],
        doing: @escaping Doing = { (_: HandleOrder, _: Int) async throws(DriverFault) in }
    ) {
        self.name = name
        self.doing = doing
        state = Watched(State(devices: devices))
    }

    func discover(_ pass: DiscoveryPass) throws(DriverFault) -> Discovery {
        try state.change { (state: inout State) throws(DriverFault) -> Discovery in
            state.looks += 1
            if let failure = state.failure { throw failure }
            return Discovery(devices: state.devices)
        }
    }

    func prepare(_ order: HandleOrder) async throws(DriverFault) { try await take(.prepare, order) }
    func withdraw(_ order: HandleOrder) async throws(DriverFault) { try await take(.withdraw, order) }
    func clean(_ order: HandleOrder) async throws(DriverFault) -> CleaningRecord {
        try await take(.clean, order)
        let now = Timestamp(microseconds: 0)
        return CleaningRecord(device: [:], methods: ["wiped"], verification: .unneeded, begun: now, ended: now)
    }

    func examine(_ order: HandleOrder) async throws(DriverFault) -> DeviceHealth {
        state.change { state in
            state.examinations += 1
            return state.health
        }
    }

    private func take(_ kind: WorkItemKindName, _ order: HandleOrder) async throws(DriverFault) {
        let call = state.change { state in
            state.orders.append(Order(kind: kind, handle: order.handle))
            return state.orders.count
        }
        try await doing(order, call)
    }
}

/// A made-up device of one provider.
func device(
    _ name: String, driver: String = "scripted", accelerators: Int = 1, path: String? = nil
) -> DeviceReport {
    DeviceReport(
        type: .fpga, vendor: "0xABCD", model: "m", controlPath: path ?? "{\"device\": \"\(name)\"}", driver: driver,
        deployables: [
            DeployableReport(
                name: name, resourceProvider: ProviderNames.identifier(ofProvider: name), resourceClass: "FPGA",
                accelerators: accelerators, traits: ["CUSTOM_T"], attributes: [],
                handles: [AttachHandleReport(type: .testPCI, info: ["name": name])])
        ])
}
