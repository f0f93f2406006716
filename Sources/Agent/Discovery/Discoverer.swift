import Dispatch
public import Drivers
public import Host
public import Model

/// Looks at a host through its drivers.
///
/// Reading sysfs blocks, so it happens on a queue of its own, away from the threads that serve everything else.
public struct Discoverer: Sendable {
    let host: HostName
    let drivers: [any Driver]
    private let root: SysfsRoot
    private let registry: DriverRegistry
    private let queue = DispatchQueue(label: "kilonova.agent.discovery")

    /// - Parameters:
    ///   - host: the name that stands before the names of providers
    ///   - drivers: in this order; of two that find one device the first has it
    public init(host: HostName, root: SysfsRoot, drivers: [any Driver], registry: DriverRegistry = .standard) {
        self.host = host
        self.root = root
        self.drivers = drivers
        self.registry = registry
    }

    /// - Parameter before: what each driver found last, which stays where a driver fails
    func look(before: [String: [DeviceReport]]) async -> Findings {
        await withCheckedContinuation { continuation in
            queue.async { continuation.resume(returning: lookNow(before)) }
        }
    }

    private func lookNow(_ before: [String: [DeviceReport]]) -> Findings {
        let snapshot = HostSnapshot(root)
        let pass = DiscoveryPass(snapshot: snapshot, host: host)
        // A list of devices that cannot be read is no proof that there are none.
        let blindness = snapshot.problems.first { Self.lists.contains($0.path) }
        var findings = Findings(notes: snapshot.problems)
        for driver in drivers {
            let level = registry.support(of: driver.name)?.level ?? .experimental
            var report = DriverReport(name: driver.name, supportLevel: level.rawValue)
            let last = before[driver.name] ?? []
            do throws(DriverFault) {
                let discovery = try driver.discover(pass)
                if let blindness, Self.isLess(discovery.devices, than: last) {
                    throw DriverFault("\(blindness); the devices known before are kept.")
                }
                findings.devices[driver.name] = discovery.devices
                findings.notes += discovery.notes
            } catch {
                report.failure = error.text
                findings.devices[driver.name] = last
            }
            findings.drivers.append(report)
        }
        findings.settleClaims()
        return findings
    }

    /// Folders that list a host's devices.
    private static let lists: Set<String> = ["/sys/bus/pci/devices", "/sys/bus/mdev/devices", "/sys/class/nvme"]

    private static func isLess(_ devices: [DeviceReport], than before: [DeviceReport]) -> Bool {
        let found = Set(devices.map(\.controlPath))
        return before.contains { !found.contains($0.controlPath) }
    }
}
