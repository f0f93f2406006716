public import Drivers
public import Host
public import Model

/// What each driver of a host would offer, and what it leaves out and why; for an operator, before an agent runs.
public struct HostMatch {
    private let host: HostName
    private let drivers: [any Driver]
    private let findings: Findings
    private let snapshot: HostSnapshot

    /// Reads the host as its agent would.
    public init(host: HostName, root: SysfsRoot, drivers: [any Driver]) async {
        let look = await Discoverer(host: host, root: root, drivers: drivers).look(before: [:])
        self.host = host
        self.drivers = drivers
        findings = look.findings
        snapshot = look.snapshot
    }

    /// For each function, the result of the pci driver's specs. A function that no driver offers in the end is not
    /// shown as offered.
    public func explain(_ specs: [DeviceSpec]) -> DeviceSpecReport {
        let offered = Set(
            (findings.devices[PCIDriver.name] ?? []).flatMap(\.deployables).flatMap(\.handles)
                .flatMap { HandleUnit.names(of: $0) })
        let isEnabled = drivers.contains { $0.name == PCIDriver.name }
        let refusals = findings.refusals[PCIDriver.name] ?? [:]
        return DeviceSpecReport.explain(specs, on: snapshot, host: host) { address in
            if offered.contains(address.description) { return nil }
            guard isEnabled else { return "the driver 'pci' is not in agent.enabled_drivers" }
            return refusals[address] ?? "the driver 'pci' leaves it out"
        }
    }

    /// The results of all drivers, for a terminal: `+` offered, `-` left out, `!` needs attention.
    public func text(layout: ProviderLayout) -> String {
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
        if layout.isGrouped {
            for group in layout.arranged(findings.all, on: host).flatMap(\.deployables) {
                out += "= \(group.name): \(group.accelerators) \(group.resourceClass)\n"
            }
        }
        return out
    }
}
