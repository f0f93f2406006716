import FoundationEssentials
public import Model

/// The part of a host that a handle stands for. Two handles of one part must not go to two tenants.
public enum HandleUnit {
    /// The PCI address of the function, or the name of a parent, block device, port or region; nil for simulated
    /// devices.
    public static func name(of handle: AttachHandleReport) -> String? {
        guard handle.type != .testPCI else { return nil }
        if let domain = handle.info["domain"], let bus = handle.info["bus"], let device = handle.info["device"],
            let function = handle.info["function"]
        {
            return "\(domain):\(bus):\(device).\(function)"
        }
        switch handle.type {
        case .block: return handle.info["path"]
        case .usb: return handle.info["bus"].flatMap { bus in handle.info["port"].map { "usb \(bus)-\($0)" } }
        case .cxl: return handle.info["region"]
        default: return handle.info["parent"]
        }
    }

    /// All parts of a handle: the members of a group, or the only part.
    public static func names(of handle: AttachHandleReport) -> [String] {
        if handle.type != .testPCI, let members = handle.info["members"] {
            return members.split(separator: ",").map(String.init)
        }
        return name(of: handle).map { [$0] } ?? []
    }

    /// A device's name for an operator: its part if it has one, otherwise its control path.
    public static func name(of device: DeviceReport) -> String {
        let units = Set(device.deployables.lazy.flatMap(\.handles).compactMap { name(of: $0) })
        if units.count == 1, let unit = units.first { return unit }
        let path = try? JSONDecoder().decode([String: String].self, from: Data(device.controlPath.utf8))
        guard let path, let domain = path["domain"], let bus = path["bus"], let slot = path["device"],
            let function = path["function"]
        else { return device.controlPath }
        return "\(domain):\(bus):\(slot).\(function)"
    }
}
