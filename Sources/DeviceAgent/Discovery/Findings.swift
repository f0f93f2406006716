import Drivers
import Host
import Model

/// The result of one look at a host.
struct Findings: Sendable, Equatable {
    /// By driver; a failing driver keeps its last result.
    var devices: [String: [DeviceReport]] = [:]
    /// In the order of `enabled_drivers`.
    var drivers: [DriverReport] = []
    /// Devices that are left out, and the reasons, for the log.
    var notes: [HostProblem] = []
    /// Capacity that the devices share, as far as the responding drivers report it.
    var pools: [CapacityPool] = []
    /// Conditions that an operator should know.
    var conditions: [HostCondition] = []
    /// By driver, functions that it would offer by itself, and why they are not offered.
    var refusals: [String: [PCIAddress: String]] = [:]

    /// All devices, in the order of the drivers.
    var all: [DeviceReport] { drivers.flatMap { devices[$0.name] ?? [] } }

    /// Whether every driver succeeded.
    var isComplete: Bool { drivers.allSatisfy { $0.failure == nil } }

    /// Assigns what two drivers found to the first one. This is done by function: of a device with several functions,
    /// the first driver gets those that it offers and the second the rest. One provider stands for one device.
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

    /// Adds the result of a driver.
    mutating func take(_ discovery: Discovery, from driver: String) {
        devices[driver] = discovery.devices
        notes += discovery.notes
        pools += discovery.pools
        if !discovery.refusals.isEmpty { refusals[driver] = discovery.refusals }
        conditions += discovery.idle.map { HostCondition(.idle, $0.path, "It \($0.text).") }
    }

    /// Leaves out what cannot be passed to a guest in the offered form, and records the reasons.
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
