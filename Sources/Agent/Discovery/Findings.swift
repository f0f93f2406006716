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

    /// All devices, in the order of the drivers.
    var all: [DeviceReport] { drivers.flatMap { devices[$0.name] ?? [] } }

    /// Whether every driver answered.
    var isComplete: Bool { drivers.allSatisfy { $0.failure == nil } }

    /// Leaves to the first of two drivers what both found: one device has one driver, and one provider one device.
    mutating func settleClaims() {
        var owners: [String: String] = [:]
        var providers: Set<ResourceProviderID> = []
        for driver in drivers {
            var kept: [DeviceReport] = []
            for var device in devices[driver.name] ?? [] {
                if let owner = owners[device.controlPath] {
                    let also =
                        owner == driver.name ? "was found twice" : "is the device of the driver '\(owner)' already"
                    notes.append(HostProblem(path: device.controlPath, text: "\(also); it is reported once"))
                    continue
                }
                owners[device.controlPath] = driver.name
                let all = device.deployables.count
                device.deployables.removeAll { !providers.insert($0.resourceProvider).inserted }
                if device.deployables.count < all {
                    notes.append(
                        HostProblem(
                            path: device.controlPath, text: "has a part whose name another part has; it is left out"))
                }
                kept.append(device)
            }
            devices[driver.name] = kept
        }
    }
}
