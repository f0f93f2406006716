/// What a consumer gets when it attaches a handle.
public enum AttachTarget: Hashable, Sendable {
    /// One function of the PCI bus.
    case pci(PCIAddress)
    case mdev(MdevTarget)
    case nvme(NamespaceTarget)
    case block(BlockTarget)
    case usb(USBTarget)
    /// A region of CXL memory, by its name on the host.
    case cxl(region: String)
    /// Several functions as one unit, with the target that the first of them would be alone.
    indirect case group(GroupTarget, of: AttachTarget)
    /// Pairs that name nothing of their type in the form in which this release writes it, or a type without a form:
    /// that of a simulated device, or one that this release does not know. They are kept as they are.
    case other(AttachHandleType, [String: String])

    public var type: AttachHandleType {
        switch self {
        case .pci: .pci
        case .mdev: .mdev
        case .nvme: .nvme
        case .block: .block
        case .usb: .usb
        case .cxl: .cxl
        case .group(_, let unit): unit.type
        case .other(let type, _): type
        }
    }
}
