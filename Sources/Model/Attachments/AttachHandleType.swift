/// How a hypervisor attaches a handle, by the word of the accelerator API.
public enum AttachHandleType: RawRepresentable, Hashable, Sendable, Codable {
    case pci
    case mdev
    /// Made by the fake driver; consumers do not attach it.
    case testPCI
    /// A namespace of an NVMe drive.
    case nvme
    /// A block device of the host.
    case block
    case usb
    /// A region of CXL memory.
    case cxl
    /// A word that this release does not know, kept as it is.
    case other(String)

    public init(rawValue: String) {
        switch rawValue {
        case "PCI": self = .pci
        case "MDEV": self = .mdev
        case "TEST_PCI": self = .testPCI
        case "NVME": self = .nvme
        case "BLOCK": self = .block
        case "USB": self = .usb
        case "CXL": self = .cxl
        default: self = .other(rawValue)
        }
    }

    public var rawValue: String {
        switch self {
        case .pci: "PCI"
        case .mdev: "MDEV"
        case .testPCI: "TEST_PCI"
        case .nvme: "NVME"
        case .block: "BLOCK"
        case .usb: "USB"
        case .cxl: "CXL"
        case .other(let word): word
        }
    }

    public init(from decoder: any Decoder) throws {
        self.init(rawValue: try decoder.singleValueContainer().decode(String.self))
    }

    public func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        try container.encode(rawValue)
    }
}
