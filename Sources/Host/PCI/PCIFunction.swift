public import Model

/// One function of the PCI bus as sysfs shows it.
public struct PCIFunction: Sendable, Equatable {
    public let address: PCIAddress
    /// The device's folder below `/sys/devices`.
    public let path: String
    public let classCode: PCIClass
    public let vendor: UInt16
    public let product: UInt16
    package var subsystemVendor: UInt16?
    package var subsystemProduct: UInt16?
    public var revision: UInt8?
    /// The Device Serial Number capability, or the serial number of the vital product data, if they can be read.
    public var serial: String?
    /// Nil if the machine does not report it.
    public var numaNode: Int?
    /// Nil without an IOMMU.
    public var iommuGroup: Int?
    /// The bound driver.
    public var driver: String?
    /// The only driver that may bind.
    package var driverOverride: String?
    /// Present on a physical function that can have virtual functions.
    public var sriov: SRIOVState?
    /// The physical function of a virtual function.
    public var physicalFunction: PCIAddress?
    /// The reset methods in the kernel's order: `flr`, `bus`, `pm`.
    public var resetMethods: [String]
    /// Whether the kernel has a way to reset it, named or not.
    public var canReset: Bool
    public var link: PCILink?
    /// The display that the firmware chose.
    var isBootDisplay: Bool
    public var bars: [PCIBar]
    /// Whether the function is a parent of mediated devices.
    package var isMdevParent: Bool
    /// Present on a virtual function that its vendor's driver divides without mdev.
    public var vendorPartition: VendorPartition?
    /// Whether the kernel has a VFIO device for it: a driver for guests is bound, whatever its name.
    var hasVFIODevice = false
    /// Whether it has network interfaces, in any network namespace.
    var hasInterfaces = false

    public var isVirtualFunction: Bool { physicalFunction != nil }
    public var vendorID: String { Hexadecimal.text(vendor, width: 4) }
    public var productID: String { Hexadecimal.text(product, width: 4) }
}

/// The virtual functions of a physical function.
public struct SRIOVState: Sendable, Equatable {
    /// The maximum number that the device supports.
    public var total: Int
    /// The present number.
    public var enabled: Int
    /// Whether the kernel binds drivers to new ones.
    package var autoprobe: Bool?
    /// The virtual functions, in the order of their numbers.
    public var functions: [PCIAddress]

    public init(total: Int, enabled: Int, autoprobe: Bool?, functions: [PCIAddress]) {
        self.total = total
        self.enabled = enabled
        self.autoprobe = autoprobe
        self.functions = functions
    }
}

/// A PCI Express link: present and maximum speed and width.
public struct PCILink: Sendable, Equatable {
    /// In the kernel's form, such as `16.0 GT/s PCIe`.
    public var speed: String?
    var maximumSpeed: String?
    /// Lanes.
    public var width: Int?
    package var maximumWidth: Int?
}

/// One memory or I/O region of a function.
public struct PCIBar: Sendable, Equatable {
    /// 0 … 5.
    public var index: Int
    /// Bytes.
    public var size: UInt64
    var isPrefetchable: Bool
}
