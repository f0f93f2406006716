import Drivers
import Model

/// Examines devices through their drivers, and keeps a ledger for each: a sick device is withdrawn, and comes back
/// after it was well for a while.
///
/// If a driver cannot examine its devices, or fails to, nothing changes.
actor HealthWatch {
    private struct Key: Hashable {
        let driver: String
        let controlPath: String

        init(_ device: DeviceReport) {
            driver = device.driver
            controlPath = device.controlPath
        }

        init(_ device: AgentState.SickDevice) {
            driver = device.driver
            controlPath = device.controlPath
        }
    }

    private let drivers: [String: any Driver]
    private let ids: IDSource
    private var ledgers: [Key: HealthLedger] = [:]
    private var providers: [Key: [ResourceProviderID]] = [:]
    /// The devices of the last examination; nil before the first.
    private var present: Set<Key>?

    /// - Parameter known: devices that were withdrawn when the agent last ran; they stay so until they are found well
    init(drivers: [any Driver], known: [AgentState.SickDevice], ids: IDSource) {
        self.drivers = Dictionary(drivers.map { ($0.name, $0) }) { first, _ in first }
        self.ids = ids
        for device in known {
            var ledger = HealthLedger()
            // One bad look is no reason to withdraw; a few are.
            for _ in 0..<8 where ledger.standing == .well {
                _ = ledger.take(DeviceHealth(.sick, reason: device.reason))
            }
            ledgers[Key(device)] = ledger
            providers[Key(device)] = device.providers
        }
    }

    /// Examines every device once, one after another.
    func examine(_ devices: [DeviceReport]) async {
        var seen: Set<Key> = []
        for device in devices {
            guard !Task.isCancelled else { return }
            let key = Key(device)
            seen.insert(key)
            providers[key] = device.deployables.map(\.resourceProvider)
            guard let driver = drivers[device.driver], let handle = device.deployables.first?.handles.first else {
                continue
            }
            let order = HandleOrder(
                handle: ids.next(), attachment: handle.attachment, controlPath: device.controlPath)
            guard let health = try? await driver.examine(order) else { continue }
            _ = ledgers[key, default: HealthLedger()].take(health)
        }
        // What came and went is not trusted at once, if its driver can tell when it is well.
        for key in ledgers.keys where !seen.contains(key) { _ = ledgers[key]?.vanish() }
        // What was not there at all since the start is forgotten.
        let isFirst = present == nil
        ledgers = ledgers.filter { seen.contains($0.key) || (!isFirst && $0.value.last != nil) }
        providers = providers.filter { ledgers[$0.key] != nil || seen.contains($0.key) }
        present = seen
    }

    /// How many devices of the last examination are withdrawn.
    var sickCount: Int {
        ledgers.count { key, ledger in ledger.standing != .well && present?.contains(key) == true }
    }

    /// The withdrawn devices, including those that are gone and may come back, in a fixed order.
    var sick: [AgentState.SickDevice] {
        ledgers.compactMap { key, ledger in
            guard case .withdrawn(let reason) = ledger.standing else { return nil }
            return AgentState.SickDevice(
                driver: key.driver, controlPath: key.controlPath, reason: reason, providers: providers[key] ?? [])
        }.sorted { ($0.driver, $0.controlPath) < ($1.driver, $1.controlPath) }
    }

    /// The reports' text about each device's health, without the evidence.
    var words: [String: String] {
        Dictionary(
            ledgers.map { key, ledger in
                ("\(key.driver) \(key.controlPath)", "\(ledger.standing) \(ledger.last?.state.rawValue ?? "")")
            }, uniquingKeysWith: { first, _ in first })
    }

    /// Whether the device is withdrawn.
    func isWithdrawn(_ device: DeviceReport) -> Bool {
        guard let ledger = ledgers[Key(device)] else { return false }
        return ledger.standing != .well
    }

    /// The devices, with their known health among their facts.
    func annotated(_ devices: [DeviceReport]) -> [DeviceReport] {
        devices.map { device in
            guard let ledger = ledgers[Key(device)], let last = ledger.last else { return device }
            var device = device
            for (key, value) in last.inventory where device.facts[key] == nil { device.facts[key] = value }
            if case .withdrawn(let reason) = ledger.standing {
                device.health = .withdrawn(reason)
                device.facts["health_evidence"] = ledger.evidence.sorted { $0.key < $1.key }
                    .map { "\($0.key)=\($0.value)" }.joined(separator: " ")
            } else {
                device.health = last.state == .worn ? .worn(last.reason) : .well
            }
            return device
        }
    }
}
