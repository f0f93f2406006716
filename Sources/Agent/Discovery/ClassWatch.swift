import Drivers
import Link
import Model

/// Refuses another resource class to what is held: its consumer was given it as a unit of the former one, and the claim says so. It
/// stays what it is until its holder lets go.
enum ClassWatch {
    /// Whether any unit has another class than before, so that it must be known who holds what.
    static func isChanged(_ findings: Findings, since before: [String: [DeviceReport]]) -> Bool {
        findings.devices.contains { driver, devices in
            guard let last = before[driver], last != devices else { return false }
            let former = units(of: last)
            return devices.contains { device in
                device.deployables.contains { self.former(of: $0, in: former) != nil }
            }
        }
    }

    /// Keeps the former class, and says so.
    ///
    /// - Parameter holdings: nil while the control plane does not say; then nothing changes its class
    static func settle(
        _ findings: inout Findings, since before: [String: [DeviceReport]], holdings: [HandleHolding]?
    ) {
        var conditions: [HostCondition] = []
        for (driver, devices) in findings.devices {
            guard let last = before[driver], last != devices else { continue }
            let former = units(of: last)
            let held = holdings.map { all in
                Set(all.filter { $0.driver == driver }.map { unit(of: AttachHandleReport(type: .pci, info: $0.info)) })
            }
            for (position, device) in devices.enumerated() {
                for (index, deployable) in device.deployables.enumerated() {
                    guard let known = self.former(of: deployable, in: former) else { continue }
                    let isHeld = held.map { held in known.handles.contains { held.contains(unit(of: $0)) } } ?? true
                    guard isHeld else { continue }
                    var kept = known
                    // How much of a parent is left is another matter.
                    if known.handles == deployable.handles { kept.accelerators = deployable.accelerators }
                    findings.devices[driver]?[position].deployables[index] = kept
                    let why =
                        holdings == nil
                        ? "Whether somebody holds it as \(known.resourceClass) is not known yet"
                        : "It is held as \(known.resourceClass)"
                    conditions.append(
                        HostCondition(
                            .resourceClass, deployable.name,
                            "\(why), and would be \(deployable.resourceClass) now. The change is refused; it is made when "
                                + "its holders let go."))
                }
            }
        }
        findings.conditions += conditions.sorted { $0.subject < $1.subject }
    }

    /// The deployable as it was, where its class was another.
    private static func former(
        of deployable: DeployableReport, in units: [String: DeployableReport]
    ) -> DeployableReport? {
        for handle in deployable.handles {
            guard let known = units[unit(of: handle)], known.resourceClass != deployable.resourceClass else { continue }
            return known
        }
        return nil
    }

    private static func units(of devices: [DeviceReport]) -> [String: DeployableReport] {
        var units: [String: DeployableReport] = [:]
        for deployable in devices.flatMap(\.deployables) {
            for handle in deployable.handles { units[unit(of: handle)] = deployable }
        }
        return units
    }

    /// Of a function, whatever it is asked to be; of a parent, each of its mediated devices.
    private static func unit(of handle: AttachHandleReport) -> String {
        if handle.info["vgpu_mark"] == nil, let name = HandleUnit.name(of: handle) { return name }
        return handle.info.sorted { $0.key < $1.key }.map { "\($0.key)=\($0.value)" }.joined(separator: " ")
    }
}
