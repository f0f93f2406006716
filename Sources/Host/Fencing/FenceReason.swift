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
    /// A file system over several devices is in use, and one of its disks is among them.
    case spanned(device: String, kind: String)
    /// A storage pool is in use that does not say which disks it lies on; this one has partitions.
    case pool(device: String)
    case bootDisplay
    case console(String)
    /// Timers, SMBus, IPMI and the like.
    case machinery(String)
    /// Memory that a driver of the kernel manages.
    case memory(driver: String)
    /// Something that the host needs hangs below it.
    case upstream(of: PCIAddress)
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
        case .spanned(let device, let kind): "\(device) is part of a \(kind) file system in use"
        case .pool(let device): "\(device) has partitions, and a ZFS pool is in use that may lie on them"
        case .console(let name): "the console is on \(name)"
        case .machinery(let name): "it is the machine's own \(name)"
        case .memory(let driver): "it is memory that \(driver) manages for the host"
        case .upstream(let address): "\(address), which the host needs, hangs below it"
        case .bootDisplay: "it is the display that the machine boots with"
        case .framebuffer(let name): "the console is on \(name)"
        case .virtualFunction(let address): "its virtual function \(address) is in use by the host"
        case .companion(let address, let group): "it shares IOMMU group \(group) with \(address), which the host needs"
        }
    }
}
