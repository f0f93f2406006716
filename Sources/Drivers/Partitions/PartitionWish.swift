public import Model

/// How a device is to be divided: one entry of `partitions`.
public struct PartitionWish: Sendable, Equatable {
    public var address: PCIAddress
    /// Virtual functions that the physical one shows; 0 for none.
    public var virtualFunctions: Int
    /// The driver that must run the physical function for that, where the kernel has none of its own for it: `pci-pf-stub`.
    public var driver: String?
    /// Of an NVMe drive: queue pairs and interrupt vectors for each of its virtual controllers.
    public var queues: Int
    public var interrupts: Int

    public init(address: PCIAddress, virtualFunctions: Int, driver: String? = nil, queues: Int = 2, interrupts: Int = 1)
    {
        self.address = address
        self.virtualFunctions = virtualFunctions
        self.driver = driver
        self.queues = queues
        self.interrupts = interrupts
    }

    /// The wish, checked: an address that is none and a number that no device has are refused.
    public init(address: String, virtualFunctions: Int, driver: String? = nil) throws(DeviceSpecFault) {
        guard let address = PCIAddress(address) else {
            throw DeviceSpecFault("address", "'\(address)' is not a PCI address such as 0000:82:00.0")
        }
        guard (0...65535).contains(virtualFunctions) else {
            throw DeviceSpecFault("virtual_functions", "\(virtualFunctions) is not between 0 and 65535")
        }
        self.init(address: address, virtualFunctions: virtualFunctions, driver: driver)
    }
}

/// What became of one wish.
public struct PartitionOutcome: Sendable, Equatable {
    public var address: PCIAddress
    /// Nil when it is as wished, else why not.
    public var failure: String?
    /// Whether anything had to be done.
    public var changed: Bool
}
