public import Model

/// Why the host cannot spare a device.
public enum FenceReason: Sendable, Hashable {
    /// A file system on one of its disks is in use.
    case mounted(device: String, mountPoint: String)
    case swap(device: String)
    /// A volume group, RAID or encrypted volume is made of one of its disks.
    case held(device: String, by: String)
    /// The host reaches a network through it.
    case route(interface: String, destination: String)
    /// Its interface is part of a bridge, bond or virtual switch.
    case port(interface: String, of: String)
    case bootDisplay
    case framebuffer(String)
    /// A virtual function of it is fenced, so it must be neither unbound nor reset.
    case virtualFunction(PCIAddress)
    /// It cannot be given away alone: a fenced device is in the same IOMMU group.
    case companion(PCIAddress, group: Int)
}

extension FenceReason: CustomStringConvertible {
    public var description: String {
        switch self {
        case .mounted(let device, let mountPoint): "\(device) is mounted at \(mountPoint)"
        case .swap(let device): "the host swaps to \(device)"
        case .held(let device, let holder): "\(device) is part of \(holder)"
        case .route(let interface, "default"): "\(interface) carries the default route"
        case .route(let interface, let destination): "\(interface) carries the route to \(destination)"
        case .port(let interface, let master): "\(interface) is a port of \(master)"
        case .bootDisplay: "it is the display that the machine boots with"
        case .framebuffer(let name): "the console is on \(name)"
        case .virtualFunction(let address): "its virtual function \(address) is in use by the host"
        case .companion(let address, let group): "it shares IOMMU group \(group) with \(address), which the host needs"
        }
    }
}
