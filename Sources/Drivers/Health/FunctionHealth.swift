import Host
import Model

/// The health of PCI functions, from what their bus reports. Every driver of functions can use it.
///
/// A function that is lost on its bus returns all ones. A virtual function's own ids are all ones by specification, so
/// its physical function is read instead.
struct FunctionHealth: Sendable {
    let control: HostControl

    /// The worst health of all functions of the handle, such as the members of a group.
    func examine(_ order: HandleOrder) async throws(DriverFault) -> DeviceHealth {
        guard let members = try order.groupMembers() else {
            let address = try order.requireAddress()
            return await examine(address, await control.snapshot())
        }
        let host = await control.snapshot()
        var whole = DeviceHealth(.well)
        for address in members {
            let one = await examine(address, host)
            for (key, value) in one.evidence { whole.evidence["\(address) \(key)"] = value }
            guard Self.rank(one.state) > Self.rank(whole.state) else { continue }
            whole.state = one.state
            whole.reason = one.reason.map { "\(address): \($0)" }
        }
        return whole
    }

    private func examine(_ address: PCIAddress, _ host: HostSnapshot) async -> DeviceHealth {
        guard let function = host.function(at: address) else {
            // A list that cannot be read is no proof that it is gone.
            if let blindness = host.problems.first(where: { $0.path == "/sys/bus/pci/devices" }) {
                return DeviceHealth(.unknown, reason: "\(blindness)")
            }
            return DeviceHealth(.sick, reason: "it is gone from the bus")
        }
        let physical = function.physicalFunction.flatMap { host.function(at: $0) } ?? function
        let root = control.root
        return await Blocking.run { () throws(Never) in Self.look(at: physical, in: root) }
    }

    private static func look(at function: PCIFunction, in root: SysfsRoot) -> DeviceHealth {
        let head = (try? root.bytes("\(function.path)/config", limit: 4, partial: true)) ?? []
        guard head.count == 4 else {
            return DeviceHealth(.unknown, reason: "its configuration space cannot be read")
        }
        var evidence = ["config": Hexadecimal.text(of: head)]
        guard head != [0xff, 0xff, 0xff, 0xff] else {
            return DeviceHealth(.sick, reason: "\(function.address) does not answer on its bus", evidence: evidence)
        }
        evidence["fatal_errors"] = total("aer_dev_fatal", function, root).map(String.init)
        evidence["link_width"] = function.link?.width.map { "x\($0)" }
        if let count = total("aer_dev_fatal", function, root), count > 0 {
            return DeviceHealth(
                .worn, reason: "\(count) fatal errors on its link since the host's start", evidence: evidence)
        }
        return DeviceHealth(.well, evidence: evidence)
    }

    /// The last line of the kernel's counters of that kind, such as `TOTAL_ERR_FATAL 0`.
    private static func total(_ file: String, _ function: PCIFunction, _ root: SysfsRoot) -> Int? {
        guard let text = try? root.text("\(function.path)/\(file)") else { return nil }
        let line = text.split(separator: "\n").last { $0.hasPrefix("TOTAL_") }
        return line?.split(separator: " ").last.flatMap { Int($0) }
    }

    /// For a group the worst state counts. A member with an unknown state does not hide the others.
    private static func rank(_ state: DeviceHealth.State) -> Int {
        switch state {
        case .well: 0
        case .unknown: 1
        case .worn: 2
        case .sick: 3
        }
    }
}
