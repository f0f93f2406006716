public import Model

/// Everything of one host that drivers look at, read in one pass that all drivers share.
///
/// Reading never fails as a whole: what could not be understood stands in `problems`, and the rest is there.
public struct HostSnapshot: Sendable, Equatable {
    /// The kernel's host name.
    public var hostName: HostName
    /// By address.
    public var functions: [PCIFunction]
    public var nvme: [NVMeController]
    public var mdevParents: [MdevParent]
    public var mdevs: [Mdev]
    public var fpgas: [FPGADevice]
    public var blocks: [BlockDevice]
    /// Which functions lead to the same drives and disks.
    public var media: SharedMedia
    public var mounts: [Mount]
    /// Device nodes that the host swaps to.
    var swaps: [String]
    var spannedFileSystems: [SpannedFileSystem]
    /// Whether a ZFS pool is imported.
    var hasPools: Bool
    public var interfaces: [NetworkInterface]
    public var routes: [Route]
    /// Whether the tree shows network interfaces, if only the loopback.
    var showsInterfaces: Bool
    /// Interfaces whose routes are in another network namespace than those that are read.
    private var foreignInterfaces: Set<String>
    /// The functions of vDPA devices: `vdpa0`.
    var vdpa: [String: PCIAddress]
    public var nodes: [NUMANode]
    /// The framebuffers' functions: `fb0`.
    var framebuffers: [String: PCIAddress]
    /// The functions of serial consoles: `ttyS4`.
    var consoles: [String: PCIAddress]
    /// A framebuffer that the firmware set up on the display that it chose, and that no function's driver has taken over.
    var firmwareFramebuffer: String?
    /// Whether the console writes text by the means of old displays, which have no framebuffer.
    var hasTextDisplay: Bool
    public var problems: [HostProblem]

    private var positions: [PCIAddress: Int]

    /// Reads the host. `readsSerials` looks for serial numbers in configuration space as well, which costs a few
    /// microseconds a device and sees nothing unless root.
    public init(_ root: SysfsRoot, readsSerials: Bool = true) {
        let pci = PCIEnumeration(root, readsSerials: readsSerials)
        let storage = StorageEnumeration(root)
        var nvme = NVMeEnumeration(root)
        let media = MediaEnumeration(
            blocks: storage.devices, controllers: nvme.controllers,
            virtual: Set(pci.functions.lazy.filter { $0.isVirtualFunction && $0.classCode.isNVMe }.map(\.address)),
            scsi: storage.bus)
        nvme.measure(by: storage.devices)
        let mdev = MdevEnumeration(root)
        let network = NetworkEnumeration(root)
        let numa = NUMAEnumeration(root)
        hostName = HostName((try? root.text("/proc/sys/kernel/hostname")) ?? "localhost")
        functions = pci.functions
        self.nvme = nvme.controllers
        mdevParents = mdev.parents
        mdevs = mdev.devices
        fpgas = FPGAEnumeration(root).devices
        blocks = media.devices
        self.media = media.media
        mounts = storage.mounts
        swaps = storage.swaps
        spannedFileSystems = storage.spanned
        hasPools = storage.hasPools
        interfaces = network.interfaces
        routes = network.routes
        showsInterfaces = network.isShown
        foreignInterfaces = network.foreign
        vdpa = Self.functions(root, behind: "/sys/bus/vdpa/devices")
        nodes = numa.nodes
        let displays = DisplayEnumeration(root)
        framebuffers = displays.framebuffers
        firmwareFramebuffer = displays.firmwareFramebuffer
        hasTextDisplay = displays.hasText
        consoles = Self.consoles(root)
        problems =
            pci.problems + storage.problems + nvme.problems + mdev.problems + network.problems + numa.problems
        positions = Dictionary(
            functions.enumerated().map { ($1.address, $0) }, uniquingKeysWith: { first, _ in first })
    }

    /// The kernel's consoles that lie behind a PCI function, such as a management controller's serial port.
    private static func consoles(_ root: SysfsRoot) -> [String: PCIAddress] {
        var found: [String: PCIAddress] = [:]
        let active = (try? root.text("/sys/class/tty/console/active")) ?? ""
        for name in active.split(separator: " ") where !name.contains("/") {
            if let path = try? root.destination(of: "/sys/class/tty/\(name)"),
                let address = DevicePath.function(of: path)
            {
                found[String(name)] = address
            }
        }
        return found
    }

    /// The functions behind what a folder lists.
    private static func functions(_ root: SysfsRoot, behind folder: String) -> [String: PCIAddress] {
        var found: [String: PCIAddress] = [:]
        for name in (try? root.names(in: folder)) ?? [] {
            if let path = try? root.destination(of: "\(folder)/\(name)"), let address = DevicePath.function(of: path) {
                found[name] = address
            }
        }
        return found
    }

    /// Whether the routes over the interface cannot be known.
    func isForeign(_ interface: NetworkInterface) -> Bool { foreignInterfaces.contains(interface.name) }

    public func function(at address: PCIAddress) -> PCIFunction? { positions[address].map { functions[$0] } }

    public func interface(named name: String) -> NetworkInterface? { interfaces.first { $0.name == name } }
}
