/// The class code of a PCI function: 24 bits of base class, subclass and programming interface.
public struct PCIClass: Hashable, Sendable {
    public let code: UInt32

    public init(_ code: UInt32) {
        self.code = code & 0xff_ffff
    }

    public var base: UInt8 { UInt8(truncatingIfNeeded: code >> 16) }
    /// Base class and subclass, as `lspci -nn` shows them.
    public var short: UInt16 { UInt16(truncatingIfNeeded: code >> 8) }

    /// Host bridges, ISA bridges, root ports, switches: parts of the machine itself. "Other bridges" are excluded,
    /// because GPUs' NVSwitches have that class.
    public var isBridge: Bool { base == 0x06 && !isOtherBridge }
    var isOtherBridge: Bool { short == 0x0680 }
    /// Interrupt and DMA controllers, timers, IOMMUs, SMBus, IPMI: parts of the machine itself. "Other system
    /// peripherals" are excluded, because some accelerators have that class.
    var isMachinery: Bool { (0x0800...0x0806).contains(short) || short == 0x0c05 || short == 0x0c07 }
    var isMemory: Bool { base == 0x05 }
    var isCXLMemory: Bool { short == 0x0502 }
    var isNetwork: Bool { base == 0x02 }
    /// Display controllers and 3D controllers.
    public var isGPU: Bool { short == 0x0300 || short == 0x0302 }
    public var isNVMe: Bool { short == 0x0108 }
    public var isProcessingAccelerator: Bool { base == 0x12 }

    /// The name of the class in the PCI code and ID assignment specification.
    public var name: String {
        switch short {
        case 0x0100: "SCSI storage controller"
        case 0x0104: "RAID bus controller"
        case 0x0106: "SATA controller"
        case 0x0107: "Serial Attached SCSI controller"
        case 0x0108: "Non-Volatile memory controller"
        case 0x0200: "Ethernet controller"
        case 0x0207: "Infiniband controller"
        case 0x0300: "VGA compatible controller"
        case 0x0302: "3D controller"
        case 0x0380: "Display controller"
        case 0x0403: "Audio device"
        case 0x0502: "CXL"
        case 0x0600: "Host bridge"
        case 0x0601: "ISA bridge"
        case 0x0604: "PCI bridge"
        case 0x0680: "Bridge of another kind"
        case 0x0880: "System peripheral"
        case 0x0b40: "Co-processor"
        case 0x0c03: "USB controller"
        case 0x0c05: "SMBus"
        case 0x0c07: "IPMI interface"
        case 0x1000: "Network and computing encryption device"
        case 0x1200: "Processing accelerators"
        default:
            switch base {
            case 0x01: "Mass storage controller"
            case 0x02: "Network controller"
            case 0x03: "Display controller"
            case 0x04: "Multimedia controller"
            case 0x05: "Memory controller"
            case 0x06: "Bridge"
            case 0x07: "Communication controller"
            case 0x08: "Generic system peripheral"
            case 0x0c: "Serial bus controller"
            case 0x0d: "Wireless controller"
            case 0x10: "Encryption controller"
            case 0x11: "Signal processing controller"
            default: "Unclassified device"
            }
        }
    }
}
