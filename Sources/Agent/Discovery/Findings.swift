import Drivers
import Host
import Model

/// What one look at a host gave.
struct Findings: Sendable, Equatable {
    /// By driver; a driver that failed keeps what it found last.
    var devices: [String: [DeviceReport]] = [:]
    /// In the order in which they are enabled.
    var drivers: [DriverReport] = []
    /// Devices that are left out and why, for the log.
    var notes: [HostProblem] = []
    /// What the devices share, as far as the drivers that answered say.
    var pools: [CapacityPool] = []
    /// What an operator should know.
    var conditions: [HostCondition] = []
    /// Functions that a driver would offer by itself, and why they are not, by driver.
    var refusals: [String: [PCIAddress: String]] = [:]

    /// All devices, in the order of the drivers.
    var all: [DeviceReport] { drivers.flatMap { devices[$0.name] ?? [] } }

    /// Whether every driver answered.
    var isComplete: Bool { drivers.allSatisfy { $0.failure == nil } }

    /// Leaves to the first of two drivers what both found. What counts is the function: of a device of several, the first driver
    /// has those it offers and the second the rest; and one provider stands for one device.
    mutating func settleClaims() {
        var claims = Claims()
        var providers: Set<ResourceProviderID> = []
        for driver in drivers {
            var kept: [DeviceReport] = []
            for var device in devices[driver.name] ?? [] {
                if let owner = claims.owner(of: device.controlPath) {
                    if owner == driver.name {
                        notes.append(
                            HostProblem(path: device.controlPath, text: "was found twice; it is reported once"))
                    } else {
                        note(HandleUnit.name(of: device), owner, driver.name)
                    }
                    continue
                }
                let all = device.deployables.count
                device.deployables = device.deployables.compactMap { deployable in
                    claims.left(of: deployable, for: driver.name) { unit, owner in
                        note(unit, owner, driver.name)
                    }
                }
                let left = device.deployables.count
                device.deployables.removeAll { !providers.insert($0.resourceProvider).inserted }
                if device.deployables.count < left {
                    notes.append(
                        HostProblem(
                            path: device.controlPath, text: "has a part whose name another part has; it is left out"))
                }
                if device.deployables.isEmpty, all > 0 { continue }
                claims.take(device, for: driver.name)
                kept.append(device)
            }
            devices[driver.name] = kept
        }
    }

    /// Takes over what a driver found.
    mutating func take(_ discovery: Discovery, from driver: String) {
        devices[driver] = discovery.devices
        notes += discovery.notes
        pools += discovery.pools
        if !discovery.refusals.isEmpty { refusals[driver] = discovery.refusals }
        conditions += discovery.idle.map { HostCondition(.idle, $0.path, "It \($0.text).") }
    }

    /// Leaves out what cannot be passed to a guest as it is offered, and says so.
    mutating func settlePassage(on host: HostSnapshot) {
        let passage = HostPassage(host)
        for refusal in passage.settle(&devices) {
            refusals[refusal.driver, default: [:]][refusal.address] = refusal.reason
            notes.append(HostProblem(path: refusal.address.description, text: "is not offered: \(refusal.reason)"))
            let condition = HostCondition(
                .isolation, refusal.address.description,
                "The driver '\(refusal.driver)' does not offer it: \(refusal.reason).")
            if !conditions.contains(condition) { conditions.append(condition) }
        }
        conditions += passage.conditions(of: all)
    }

    private mutating func note(_ unit: String, _ owner: String, _ driver: String) {
        if let address = PCIAddress(unit) {
            refusals[driver, default: [:]][address] = "the driver '\(owner)', which stands before, has it"
        }
        let condition = HostCondition(
            .claim, unit,
            "The drivers '\(owner)' and '\(driver)' both offer it; '\(owner)' has it, for it stands first in enabled_drivers."
        )
        if !conditions.contains(condition) { conditions.append(condition) }
    }
}
