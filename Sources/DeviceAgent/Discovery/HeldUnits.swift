import Drivers
import Link
import Model

/// Keeps held units unchanged. A consumer was given the unit as one of its class, with the handle that it read. Another
/// class, another type, other members of its group or another content of the handle take effect when the holder
/// releases it. If it were offered as something else in the meantime, one unit would be given to two consumers.
enum HeldUnits {
    /// Whether any unit has changed, so that it must be known who holds what.
    static func isChanged(_ findings: Findings, since before: [String: [DeviceReport]]) -> Bool {
        findings.devices.contains { driver, devices in
            guard let last = before[driver], last != devices else { return false }
            let former = units(of: last)
            return devices.contains { device in
                device.deployables.contains { self.former(of: $0, in: former) != nil }
            }
        }
    }

    /// Keeps held units as they were, and records the reasons.
    ///
    /// - Parameter holdings: nil while the control plane has not reported them; then nothing changes
    static func settle(
        _ findings: inout Findings, since before: [String: [DeviceReport]], holdings: [HandleHolding]?
    ) {
        var conditions: [HostCondition] = []
        for (driver, devices) in findings.devices {
            guard let last = before[driver], last != devices else { continue }
            let former = units(of: last)
            let held = holdings.map { all in
                Set(all.filter { $0.driver == driver }.map { unit(of: $0.handle) })
            }
            for (position, device) in devices.enumerated() {
                for (index, deployable) in device.deployables.enumerated() {
                    guard let (known, change) = self.former(of: deployable, in: former) else { continue }
                    let isHeld = held.map { held in known.handles.contains { held.contains(unit(of: $0)) } } ?? true
                    guard isHeld else { continue }
                    var kept = known
                    // How much of a parent is left is another matter.
                    if known.handles == deployable.handles { kept.accelerators = deployable.accelerators }
                    findings.devices[driver]?[position].deployables[index] = kept
                    if let members = known.handles.first?.attachment.members {
                        findings.devices[driver]?[position].facts["members"] = members.map(\.description)
                            .joined(separator: " ")
                    }
                    let why =
                        holdings == nil
                        ? "Whether somebody holds it \(change.as) is not known yet" : "It is held \(change.as)"
                    conditions.append(
                        HostCondition(
                            .held, deployable.name,
                            "\(why), and would be \(change.to) now. The change is refused; it is made when its holders let go."
                        ))
                }
            }
        }
        findings.conditions += conditions.sorted { $0.subject < $1.subject }
    }

    /// How a unit would change, in words.
    private typealias Change = (as: String, to: String)

    /// The former deployable, if it has changed.
    private static func former(
        of deployable: DeployableReport, in units: [String: DeployableReport]
    ) -> (known: DeployableReport, change: Change)? {
        for handle in deployable.handles {
            let unit = unit(of: handle)
            guard let known = units[unit] else { continue }
            if known.resourceClass != deployable.resourceClass {
                return (known, ("as \(known.resourceClass)", deployable.resourceClass))
            }
            let before = known.handles.first { self.unit(of: $0) == unit }?.info ?? [:]
            guard before != handle.info else { continue }
            let keys = Set(before.keys).union(handle.info.keys).filter { before[$0] != handle.info[$0] }.sorted()
            return (known, ("with \(text(before, keys))", "with \(text(handle.info, keys))"))
        }
        return nil
    }

    private static func text(_ info: [String: String], _ keys: [String]) -> String {
        keys.map { "\($0) \(info[$0] ?? "not given")" }.joined(separator: ", ")
    }

    private static func units(of devices: [DeviceReport]) -> [String: DeployableReport] {
        var units: [String: DeployableReport] = [:]
        for deployable in devices.flatMap(\.deployables) {
            for handle in deployable.handles { units[unit(of: handle)] = deployable }
        }
        return units
    }

    /// The unit's key: a function, whatever it is offered as; or one mediated device of one type of a parent.
    private static func unit(of handle: AttachHandleReport) -> String {
        guard let name = HandleUnit.name(of: handle) else {
            return handle.info.sorted { $0.key < $1.key }.map { "\($0.key)=\($0.value)" }.joined(separator: " ")
        }
        return handle.info["vgpu_mark"].map { "\(name) \($0)" } ?? name
    }
}
