import CoreMetrics
import Fleet
import Metrics
import Model
import Store

/// What the fleet shows of itself in `/metrics`: hosts, devices and attach handles by their state.
///
/// Counted by the database, in three queries whatever their number; every replica shows the same.
struct FleetGauges: Sendable {
    private let hosts: [HostLiveness.State: Gauge]
    private let devices: [DeviceState: Gauge]
    private let handles: [HandleLifecycle.State: Gauge]

    init(factory: any MetricsFactory) {
        func gauges<State: RawRepresentable<String> & Hashable>(_ label: String, _ states: [State]) -> [State: Gauge] {
            Dictionary(
                uniqueKeysWithValues: states.map { state in
                    (state, Gauge(label: label, dimensions: [("state", state.rawValue)], factory: factory))
                })
        }
        hosts = gauges("kilonova_accelerator_hosts", [.unknown, .up, .down])
        devices = gauges("kilonova_accelerator_devices", DeviceState.allCases)
        handles = gauges("kilonova_accelerator_attach_handles", HandleLifecycle.State.allCases)
    }

    func record(from store: any StateStore) async throws {
        let (hosts, devices, handles) = try await store.read { transaction in
            (
                try Self.counts("SELECT state, COUNT(*) FROM hosts GROUP BY state", in: transaction),
                try DeviceState.counts(in: transaction),
                try Self.counts("SELECT state, COUNT(*) FROM attach_handles GROUP BY state", in: transaction)
            )
        }
        for (state, gauge) in self.hosts { gauge.record(hosts[state.rawValue] ?? 0) }
        for (state, gauge) in self.devices { gauge.record(devices[state] ?? 0) }
        for (state, gauge) in self.handles { gauge.record(handles[state.rawValue] ?? 0) }
    }

    private static func counts(_ query: SQL, in transaction: any Transaction) throws -> [String: Int] {
        var counts: [String: Int] = [:]
        try transaction.forEach(query) { row in counts[try row[0]] = try row[1] as Int }
        return counts
    }
}
