public import Model

/// One function of the PCI bus as sysfs shows it.
public struct PCIFunction: Sendable, Equatable {
    public let address: PCIAddress
    /// The device's folder below `/sys/devices`.
    public let path: String
    public let classCode: PCIClass
    public let vendor: UInt16
    public let product: UInt16
    public var subsystemVendor: UInt16?
    public var subsystemProduct: UInt16?
    public var revision: UInt8?
    /// The Device Serial Number capability, or the serial number of the vital product data, where they can be read.
    public var serial: String?
    /// Nil when the machine does not say.
    public var numaNode: Int?
    /// Nil without an IOMMU.
    public var iommuGroup: Int?
    /// The driver that is bound.
    public var driver: String?
    /// The driver that alone may bind.
    public var driverOverride: String?
    /// Of a physical function that can have virtual ones.
    public var sriov: SRIOVState?
    /// Of a virtual function: its physical one.
    public var physicalFunction: PCIAddress?
    /// As the kernel would try them: `flr`, `bus`, `pm`.
    public var resetMethods: [String]
    /// Whether the kernel has a way to reset it, named or not.
    public var canReset: Bool
    public var link: PCILink?
    /// The display that the firmware chose.
    var isBootDisplay: Bool
    public var bars: [PCIBar]
    /// Whether the mdev framework offers types here.
    public var isMdevParent: Bool
    /// Of a virtual function that its vendor's driver divides without mdev.
    public var vendorPartition: VendorPartition?
    /// Whether the kernel keeps a VFIO device for it: a driver for guests is bound, whatever its name.
    var hasVFIODevice = false
    /// Whether it has network interfaces, be they in the network namespace that is looked at or in another.
    var hasInterfaces = false

    public var isVirtualFunction: Bool { physicalFunction != nil }
    public var vendorID: String { Hexadecimal.text(vendor, width: 4) }
    public var productID: String { Hexadecimal.text(product, width: 4) }
}

/// Where a physical function stands with its virtual ones.
public struct SRIOVState: Sendable, Equatable {
    /// The most the device can have.
    public var total: Int
    /// How many there are now.
    public var enabled: Int
    /// Whether the kernel binds drivers to new ones.
    public var autoprobe: Bool?
    /// In the order of their numbers.
    public var functions: [PCIAddress]

    public init(total: Int, enabled: Int, autoprobe: Bool?, functions: [PCIAddress]) {
        self.total = total
        self.enabled = enabled
        self.autoprobe = autoprobe
        self.functions = functions
    }
}

/// A PCI Express link: what it runs at and what it could.
public struct PCILink: Sendable, Equatable {
    /// As the kernel words it: `16.0 GT/s PCIe`.
    public var speed: String?
    var maximumSpeed: String?
    /// Lanes.
    public var width: Int?
    public var maximumWidth: Int?
}

/// One memory or I/O region of a function.
public struct PCIBar: Sendable, Equatable {
    /// 0 … 5.
    public var index: Int
    /// Bytes.
    public var size: UInt64
    var isPrefetchable: Bool
}
