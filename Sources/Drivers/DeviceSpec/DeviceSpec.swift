public import Model

/// One entry of `device_spec`: the devices that it matches, and how they are offered. Keys and meaning are Nova's, so
/// that Nova's configuration can be used unchanged.
public struct DeviceSpec: Sendable, Equatable {
    /// Nil means any.
    public var vendor: UInt16?
    public var product: UInt16?
    public var address: PCIAddressPattern?
    /// A network interface, whose function matches; never together with `address`.
    var interfaceName: String?
    package var physicalNetwork: String?
    /// Whether the entry has the key `physical_network`. The value `null` means that the device belongs to no physical
    /// network.
    var namesPhysicalNetwork = false
    /// Nil for the driver's default.
    public var resourceClass: ResourceClass?
    public var traits: [Trait] = []
    /// Whether the hypervisor unbinds and binds drivers; nil leaves that to the consumer.
    package var managed: Bool?
    package var liveMigratable: Bool?
    /// Whether the device is withheld after its first use until an operator releases it.
    var oneTimeUse = false
    public var trusted: Bool?
    var remoteManaged: Bool?
    /// The name of the group with which the device is scheduled as one unit, and the group's type.
    public var group: String?
    public var groupType: String?
    /// The region (BAR), 0 to 5, through which the device's memory is written and read, to prove that a reset clears
    /// it. This key is not Nova's.
    var memoryRegion: Int?

    public init() {}

    /// Nil if the function matches, otherwise the first criterion that does not.
    public func mismatch(_ function: PCIFunctionIdentity) -> Mismatch? {
        if let vendor, vendor != function.vendor { return .vendor(vendor) }
        if let product, product != function.product { return .product(product) }
        if let interfaceName {
            return function.interfaces.contains(interfaceName) || function.parentInterfaces.contains(interfaceName)
                ? nil : .interface(interfaceName)
        }
        guard let address, !address.matches(function.address) else { return nil }
        // The address of a physical function, written out, means its virtual ones too.
        if let single = address.single, single == function.physicalFunction { return nil }
        return .address(address.text)
    }

    /// Whether the entry names a product or an address, not only a vendor. Devices that may be part of the machine
    /// itself are offered only by such an entry.
    var namesItsDevices: Bool {
        (vendor != nil && product != nil) || address?.namesDevice == true || interfaceName != nil
    }

    /// The matching criteria, as text that stays the same across releases. It is the key of what the agent remembers of
    /// a group.
    var reach: String {
        let parts = [
            ("vendor_id", vendor.map(idText)), ("product_id", product.map(idText)), ("address", address?.text),
            ("devname", interfaceName), ("group", group),
        ]
        return parts.compactMap { name, value in value.map { "\(name)=\($0)" } }.joined(separator: "\n")
    }

    public enum Mismatch: Sendable, Equatable, CustomStringConvertible {
        case vendor(UInt16)
        case product(UInt16)
        case address(String)
        case interface(String)

        public var description: String {
            switch self {
            case .vendor(let id): "vendor_id is not \(idText(id))"
            case .product(let id): "product_id is not \(idText(id))"
            case .address(let text): "address is not \(text)"
            case .interface(let name): "interface is not \(name)"
            }
        }
    }
}

private func idText(_ id: UInt16) -> String {
    let digits = String(id, radix: 16)
    return String(repeating: "0", count: 4 - digits.utf8.count) + digits
}

/// The properties of a function that a device spec compares.
public struct PCIFunctionIdentity: Sendable, Equatable {
    public var address: PCIAddress
    public var vendor: UInt16
    public var product: UInt16
    public var physicalFunction: PCIAddress?
    public var interfaces: [String]
    /// The interfaces of its physical function.
    var parentInterfaces: [String]

    public init(
        address: PCIAddress, vendor: UInt16, product: UInt16, physicalFunction: PCIAddress? = nil,
        interfaces: [String] = [], parentInterfaces: [String] = []
    ) {
        self.address = address
        self.vendor = vendor
        self.product = product
        self.physicalFunction = physicalFunction
        self.interfaces = interfaces
        self.parentInterfaces = parentInterfaces
    }
}

/// What is wrong with a device spec.
public struct DeviceSpecFault: Error, Sendable, Equatable, CustomStringConvertible {
    public let key: String
    public let text: String

    public init(_ key: String, _ text: String) {
        self.key = key
        self.text = text
    }

    /// Combines several faults, each with its key; nil if there are none.
    public init?(_ faults: [DeviceSpecFault]) {
        guard let first = faults.first else { return nil }
        self = faults.count == 1 ? first : DeviceSpecFault("", faults.map(\.description).joined(separator: "; "))
    }

    public var description: String { key.isEmpty ? text : "\(key): \(text)" }
}
