public import Drivers
public import Host
public import Model

/// What each driver of a host would offer, and what it leaves out and why: for an operator, before an agent runs.
public enum HostMatch {
    /// A text for a terminal: `+` offered, `-` left out, `!` to be looked at.
    public static func text(host: HostName, root: SysfsRoot, drivers: [any Driver], layout: ProviderLayout) async
        -> String
    {
        let discoverer = Discoverer(host: host, root: root, drivers: drivers)
        let findings = await discoverer.look(before: [:]).findings
        var out = ""
        for driver in findings.drivers {
            if let failure = driver.failure { out += "! \(driver.name): \(failure)\n" }
            for device in findings.devices[driver.name] ?? [] {
                out += "+ \(HandleUnit.name(of: device))  \(driver.name): \(device.type.rawValue) "
                out += "\(device.vendor):\(device.model), "
                out += device.deployables.map { part in
                    "\(part.accelerators) \(part.resourceClass) as \(part.name)"
                }.joined(separator: ", ")
                out += "\n"
            }
        }
        for note in findings.notes { out += "- \(note)\n" }
        for condition in findings.conditions { out += "! \(condition.subject): \(condition.reason)\n" }
        if layout == .grouped {
            for group in layout.arranged(findings.all, on: host).flatMap(\.deployables) {
                out += "= \(group.name): \(group.accelerators) \(group.resourceClass)\n"
            }
        }
        return out
    }
}
