public import Model

/// Why the host needs a device.
public enum FenceReason: Sendable, Hashable {
    /// A file system on one of its disks is in use.
    case mounted(device: String, mountPoint: String)
    case swap(device: String)
    /// One of its disks is part of a volume group, RAID or encrypted volume.
    case held(device: String, by: String)
    /// The host reaches a network through it.
    case route(interface: String, destination: String)
    /// Its interface is part of a bridge, bond or virtual switch.
    case port(interface: String, of: String)
    /// One of its disks is part of a file system over several devices that is in use.
    case spanned(device: String, kind: String)
    /// A storage pool is in use that does not report its disks; this disk has partitions.
    case pool(device: String)
    /// Its interfaces are in another network namespace than the agent's: a container's, or the host's own.
    case hiddenInterface(driver: String)
    /// The routes of its interface are in another network namespace than the agent's.
    case hiddenRoutes(interface: String)
    /// The display that the firmware chose, and its user.
    case bootDisplay(user: String)
    case console(String)
    /// Timers, SMBus, IPMI and the like.
    case machinery(String)
    /// Memory that the host may use, through a driver of the kernel or only through its firmware.
    case memory(driver: String?)
    /// A PCI domain that no hypervisor can express.
    case wideDomain(UInt32)
    /// Something that may be the host's. It is offered if an entry of the configuration names it.
    case unnamed(Caution)
    /// Something that the host needs is behind it.
    case upstream(of: PCIAddress)
    case framebuffer(String)
    /// One of its virtual functions is fenced, so it must be neither unbound nor reset.
    case virtualFunction(PCIAddress)
    /// It cannot be offered alone, because a fenced device is in the same IOMMU group.
    case companion(PCIAddress, group: Int)
}

extension FenceReason {
    /// Functions that a general entry of the configuration does not offer, only one that names them.
    public enum Caution: Sendable, Hashable {
        /// The display that the firmware chose, if nobody uses it.
        case bootDisplay
        /// A memory controller without a driver for memory.
        case memoryClass
        case otherBridge
    }
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
        case .memory(let driver?): "it is memory that \(driver) manages for the host"
        case .memory(nil): "it is CXL memory, which the host may use without a driver"
        case .wideDomain(let domain):
            "its PCI domain \(String(domain, radix: 16)) is above ffff, which neither libvirt nor the compute service can name; "
                + "devices behind a volume management device (VMD) are such: turn that off in the firmware to offer them"
        case .unnamed(let caution):
            "\(caution); it is offered where an entry names it, by vendor_id and product_id or by its address"
        case .upstream(let address): "\(address), which the host needs, hangs below it"
        case .hiddenInterface(let driver):
            "its driver '\(driver)' has network interfaces, and none of them is in the agent's network namespace: another, such as a "
                + "container's, may use it; bind it to vfio-pci or to no driver to offer it"
        case .hiddenRoutes(let interface):
            "the routes of \(interface) are in a network namespace that the agent does not see; run the agent in the host's"
        case .bootDisplay(let user): "it is the display that the machine boots with, and \(user)"
        case .framebuffer(let name): "the console is on \(name)"
        case .virtualFunction(let address): "its virtual function \(address) is in use by the host"
        case .companion(let address, let group): "it shares IOMMU group \(group) with \(address), which the host needs"
        }
    }
}

extension FenceReason.Caution: CustomStringConvertible {
    public var description: String {
        switch self {
        case .bootDisplay: "it is the display that the machine boots with"
        case .memoryClass: "its class is that of memory, which may be the machine's own"
        case .otherBridge: "its class is that of a bridge, which may be the machine's own"
        }
    }
}
