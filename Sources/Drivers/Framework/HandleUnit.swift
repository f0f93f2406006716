import FoundationEssentials
public import Model

/// The part of a host that a handle stands for. Two handles of one part must not go to two tenants.
public enum HandleUnit {
    /// The PCI address of the function, or the name of a parent, block device, port or region; nil for simulated
    /// devices.
    public static func name(of handle: AttachHandleReport) -> String? { name(of: handle.attachment.target) }

    private static func name(of target: AttachTarget) -> String? {
        switch target {
        case .pci(let address): address.description
        case .mdev(let device): device.parent.description
        case .nvme(let namespace): namespace.controller.description
        case .block(let device): device.function?.description ?? device.path
        case .usb(let device): "usb \(device.bus)-\(device.port)"
        case .cxl(let region): region
        case .group(_, let unit): name(of: unit)
        case .other(.testPCI, _): nil
        case .other(.usb, let pairs): pairs["bus"].flatMap { bus in pairs["port"].map { "usb \(bus)-\($0)" } }
        case .other(_, let pairs): address(in: pairs) ?? pairs["parent"]
        }
    }

    /// All parts of a handle: the members of a group, or the only part.
    public static func names(of handle: AttachHandleReport) -> [String] {
        if handle.type != .testPCI, let members = handle.attachment.members { return members.map(\.description) }
        // What cannot be read as a group still stands for what its words name.
        if handle.type != .testPCI, let text = handle.attachment.unreadMembers {
            return text.split(separator: ",").map(String.init)
        }
        return name(of: handle).map { [$0] } ?? []
    }

    /// A device's name for an operator: its part if it has one, otherwise its control path.
    public static func name(of device: DeviceReport) -> String {
        let units = Set(device.deployables.lazy.flatMap(\.handles).compactMap { name(of: $0) })
        if units.count == 1, let unit = units.first { return unit }
        let path = try? JSONDecoder().decode([String: String].self, from: Data(device.controlPath.utf8))
        return path.flatMap { address(in: $0) } ?? device.controlPath
    }

    /// The address as it is written there, whether or not a function can have it.
    private static func address(in pairs: [String: String]) -> String? {
        guard let domain = pairs["domain"], let bus = pairs["bus"], let device = pairs["device"],
            let function = pairs["function"]
        else { return nil }
        return "\(domain):\(bus):\(device).\(function)"
    }
}
