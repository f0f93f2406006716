import Host
import Model

/// Offers functions of Intel's X710 and XXV710 network cards, by physical network and by the program of the card's
/// packet processing.
struct IntelNICDriver: Driver {
    public static let name = "intel_nic"
    public static let capabilities = DriverCapabilities(cleans: true, examines: true)

    /// 158a and 158b: XXV710 with 25 Gbit/s; 1572: X710 with 10 Gbit/s.
    static let products: Set<UInt16> = [0x158a, 0x158b, 0x1572]

    private let options: NICOptions
    private let cleaning: ResetCleaning

    public init(_ options: DriverOptions) {
        self.options = options.nic
        cleaning = ResetCleaning(options)
    }

    public var name: String { Self.name }
    public var capabilities: DriverCapabilities { Self.capabilities }

    public func discover(_ pass: DiscoveryPass) throws(DriverFault) -> Discovery {
        var names: [PCIAddress: [String]] = [:]
        for interface in pass.snapshot.interfaces {
            if let address = interface.address { names[address, default: []].append(interface.name) }
        }
        let options = options
        func network(_ function: PCIFunction) -> String? {
            names[function.address]?.compactMap { options.networks[$0] }.first
        }
        func loaded(_ function: PCIFunction) -> String? {
            names[function.address]?.compactMap { options.functions[$0] }.first
        }
        return FunctionFamily(
            driver: Self.name, type: .nic, resourceClass: "CUSTOM_NIC",
            isMember: { $0.vendor == 0x8086 && Self.products.contains($0.product) },
            traits: { physical, unit in
                var traits = ["OWNER_CYBORG", unit.isVirtualFunction ? "CUSTOM_VF" : "CUSTOM_PF"]
                for word in [loaded(physical), network(physical)].compactMap({ $0 }) {
                    let trait = "CUSTOM_\(ProviderNames.symbol(word))"
                    if !traits.contains(trait) { traits.append(trait) }
                }
                return traits
            },
            details: { physical, _ in network(physical).map { ["physical_network": $0] } ?? [:] },
            objection: { physical, unit in
                options.addresses.isEmpty || options.addresses.contains(unit.address)
                    || options.addresses.contains(physical.address) ? nil : "device_addresses does not name it"
            }
        ).discover(pass)
    }

    @discardableResult
    public func clean(_ order: HandleOrder) async throws(DriverFault) -> CleaningRecord {
        try await cleaning.clean(
            order.requireAddress(), note: "filters, addresses and queues are reset; a network function keeps no data")
    }

    public func examine(_ order: HandleOrder) async throws(DriverFault) -> DeviceHealth {
        try await FunctionHealth(control: cleaning.control).examine(order)
    }
}
