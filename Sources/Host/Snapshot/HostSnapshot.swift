public import Model

/// Everything about one host that drivers use, read in one pass that all drivers share.
///
/// Reading never fails as a whole: what could not be interpreted is in `problems`, and the rest is complete.
public struct HostSnapshot: Sendable, Equatable {
    /// The kernel's host name.
    public var hostName: HostName
    /// In the order of addresses.
    public var functions: [PCIFunction]
    public var nvme: [NVMeController]
    public var mdevParents: [MdevParent]
    public var mdevs: [Mdev]
    public var fpgas: [FPGADevice]
    public var blocks: [BlockDevice]
    /// The functions that lead to the same drives and disks.
    public var media: SharedMedia
    public var mounts: [Mount]
    /// Device nodes of the host's swap areas.
    var swaps: [String]
    var spannedFileSystems: [SpannedFileSystem]
    /// Whether a ZFS pool is imported.
    var hasPools: Bool
    public var interfaces: [NetworkInterface]
    public var routes: [Route]
    /// Whether the tree contains network interfaces, including the loopback.
    var showsInterfaces: Bool
    /// Interfaces whose routes are in another network namespace than those that were read.
    private var foreignInterfaces: Set<String>
    /// The functions of vDPA devices: `vdpa0`.
    var vdpa: [String: PCIAddress]
    public var nodes: [NUMANode]
    /// The framebuffers' functions: `fb0`.
    var framebuffers: [String: PCIAddress]
    /// The functions of serial consoles: `ttyS4`.
    var consoles: [String: PCIAddress]
    /// A framebuffer that the firmware set up on its display, and that no function's driver has replaced.
    var firmwareFramebuffer: String?
    /// Whether the console writes text on an old display without a framebuffer.
    var hasTextDisplay: Bool
    public var problems: [HostProblem]

    private var positions: [PCIAddress: Int]

    /// Reads the host. With `readsSerials`, serial numbers are also read from configuration space, which costs a few
    /// microseconds per device and works only for root.
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

    /// The kernel's consoles that belong to a PCI function, such as a management controller's serial port.
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

    /// The PCI functions of the devices in a folder.
    private static func functions(_ root: SysfsRoot, behind folder: String) -> [String: PCIAddress] {
        var found: [String: PCIAddress] = [:]
        for name in (try? root.names(in: folder)) ?? [] {
            if let path = try? root.destination(of: "\(folder)/\(name)"), let address = DevicePath.function(of: path) {
                found[name] = address
            }
        }
        return found
    }

    /// Whether the interface's routes cannot be known.
    func isForeign(_ interface: NetworkInterface) -> Bool { foreignInterfaces.contains(interface.name) }

    public func function(at address: PCIAddress) -> PCIFunction? { positions[address].map { functions[$0] } }

    public func interface(named name: String) -> NetworkInterface? { interfaces.first { $0.name == name } }
}
