public import Model

/// How a device is to be divided: one entry of `partitions`.
public struct PartitionWish: Sendable, Equatable {
    public var address: PCIAddress
    /// The number of virtual functions of the physical function; 0 for no virtual functions.
    public var virtualFunctions: Int
    /// The driver that must run the physical function for that, if the kernel has no driver of its own for it, such as
    /// `pci-pf-stub`.
    public var driver: String?
    /// For an NVMe drive: queue pairs and interrupt vectors of each virtual controller.
    package var queues: Int
    package var interrupts: Int

    public init(address: PCIAddress, virtualFunctions: Int, driver: String? = nil, queues: Int = 2, interrupts: Int = 1)
    {
        self.address = address
        self.virtualFunctions = virtualFunctions
        self.driver = driver
        self.queues = queues
        self.interrupts = interrupts
    }

    /// Throws for an invalid address, and for a number that no device has.
    public init(address: String, virtualFunctions: Int, driver: String? = nil) throws(DeviceSpecFault) {
        guard let address = PCIAddress(address) else {
            throw DeviceSpecFault("address", "'\(address)' is not a PCI address such as 0000:82:00.0")
        }
        guard (0...65535).contains(virtualFunctions) else {
            throw DeviceSpecFault("virtual_functions", "\(virtualFunctions) is not between 0 and 65535")
        }
        self.init(address: address, virtualFunctions: virtualFunctions, driver: driver)
    }

    /// Reads one entry of `partitions`.
    public init(_ value: SpecValue) throws(DeviceSpecFault) {
        let entry = try SpecEntry(
            value, of: "partitions", keys: ["address", "virtual_functions", "driver", "queues", "interrupts"])
        guard let count = try entry.number("virtual_functions", in: 0...65535) else {
            throw DeviceSpecFault("virtual_functions", "is missing; it must be a number, 0 for none")
        }
        try self.init(
            address: entry.required("address", "a PCI address such as 0000:82:00.0"), virtualFunctions: count,
            driver: entry.text("driver"))
        queues = try entry.number("queues", in: 1...65535) ?? queues
        interrupts = try entry.number("interrupts", in: 1...2048) ?? interrupts
    }
}
