public import Model

/// The PCI functions of a host that the control plane reports as held.
public struct FunctionHoldings: Sendable, Equatable {
    /// Functions that are held as a whole.
    public private(set) var whole: Set<PCIAddress> = []
    /// Functions of which a part is held: a mediated device.
    public private(set) var parents: Set<PCIAddress> = []

    public var all: Set<PCIAddress> { whole.union(parents) }

    public init() {}

    /// - Parameter handles: the contents of the held handles
    public init(handles: [[String: String]]) {
        for info in handles {
            let isPart = info["vgpu_mark"] != nil || info["parent"] != nil
            // Of which type it is says nothing here; what is no function has no address.
            for name in HandleUnit.names(of: AttachHandleReport(type: .pci, info: info)) {
                guard let address = PCIAddress(name) else { continue }
                if isPart { parents.insert(address) } else { whole.insert(address) }
            }
        }
    }
}
