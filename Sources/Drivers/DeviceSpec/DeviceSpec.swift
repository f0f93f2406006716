public import Model

/// One entry of `device_spec`: which devices it means, and what they are offered as. Keys and meaning are Nova's, so that a
/// file of Nova's can be taken unchanged.
public struct DeviceSpec: Sendable, Equatable {
    /// Nil means any.
    public var vendor: UInt16?
    public var product: UInt16?
    public var address: PCIAddressPattern?
    /// A network interface, whose function is meant; never with `address`.
    public var interfaceName: String?
    public var physicalNetwork: String?
    /// Whether `physical_network` stands there at all: `null` says that the device belongs to no physical network.
    public var namesPhysicalNetwork = false
    /// Nil leaves the driver's own.
    public var resourceClass: ResourceClass?
    public var traits: [Trait] = []
    /// Whether the hypervisor unbinds and binds drivers; nil says nothing to it.
    public var managed: Bool?
    public var liveMigratable: Bool?
    /// The device is withheld after its first use until an operator gives it back.
    public var oneTimeUse = false
    public var trusted: Bool?
    var remoteManaged: Bool?
    /// The group that it is scheduled with as one unit, and the group's kind.
    public var group: String?
    public var groupType: String?
    /// The region (BAR), 0 to 5, through which the device's memory is written and read to prove that a reset clears it. Not Nova's.
    public var memoryRegion: Int?

    public init() {}

    /// Whether the function is meant, and if not, the first thing that speaks against it.
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

    /// Whether the spec means a kind of device, or a place, rather than all that a vendor made: what may be the machine's own is
    /// offered only so.
    var namesItsDevices: Bool {
        (vendor != nil && product != nil) || address?.namesDevice == true || interfaceName != nil
    }

    /// Which functions it means, in a text that stays the same over releases: what is remembered of a group hangs on it.
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

/// What of a function a device spec looks at.
public struct PCIFunctionIdentity: Sendable, Equatable {
    public var address: PCIAddress
    public var vendor: UInt16
    public var product: UInt16
    public var physicalFunction: PCIAddress?
    public var interfaces: [String]
    /// The interfaces of its physical function.
    public var parentInterfaces: [String]

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

    /// Several at once, each with its key; nil where there is none.
    public init?(_ faults: [DeviceSpecFault]) {
        guard let first = faults.first else { return nil }
        self = faults.count == 1 ? first : DeviceSpecFault("", faults.map(\.description).joined(separator: "; "))
    }

    public var description: String { key.isEmpty ? text : "\(key): \(text)" }
}
