import Host
public import Model

/// Offers mediated devices: each configured type of each parent is a deployable with as many handles as the parent can hold.
///
/// A handle's UUID is the device's. It is made when the handle is bound and removed after release; both may be done twice.
public struct MdevDriver: Driver {
    public static let name = "mdev"
    public static let capabilities = DriverCapabilities(
        prepares: true, cleans: true, partitions: true, examines: true)

    private let options: MdevOptions
    private let hands: MdevHands

    public init(_ options: DriverOptions) {
        self.options = options.mdev
        hands = MdevHands(options)
    }

    public var name: String { Self.name }
    public var capabilities: DriverCapabilities { Self.capabilities }

    public func discover(_ pass: DiscoveryPass) throws(DriverFault) -> Discovery {
        var discovery = Discovery()
        for parent in pass.snapshot.mdevParents {
            let offered = parent.types.compactMap { type in
                options.specs.first { $0.matches(parent: parent.name, type: type.name) }.map { (type, $0) }
            }
            guard !offered.isEmpty else { continue }
            if let address = parent.address, let reason = pass.fencing.reasons(for: address).first {
                discovery.notes.append(HostProblem(path: parent.path, text: "is not offered: \(reason)"))
                continue
            }
            let function = parent.address.flatMap { pass.snapshot.function(at: $0) }
            if let count = function?.sriov?.enabled, count > 0 {
                discovery.notes.append(
                    HostProblem(path: parent.path, text: "is not offered: its \(count) virtual functions are enabled"))
                continue
            }
            let capacity = MdevCapacity(parent.types)
            let kinds = offered.map { type, spec in
                MdevKind(
                    type: type,
                    resourceClass: spec.resourceClass?.name ?? "CUSTOM_MDEV_\(ProviderNames.symbol(type.name))",
                    traits: traits(parent, type, spec, function),
                    liveMigratable: spec.liveMigratable, maximum: capacity.maximum[type.name] ?? 0,
                    current: capacity.current[type.name] ?? 0)
            }
            discovery.devices.append(
                MdevReport(driver: Self.name, deviceType: .mdev, options: options).device(
                    parent, function, kinds, on: pass.host))
        }
        return discovery
    }

    public func prepare(_ order: HandleOrder) async throws(DriverFault) { try await hands.make(order) }
    public func withdraw(_ order: HandleOrder) async throws(DriverFault) { try await hands.remove(order) }

    @discardableResult
    public func clean(_ order: HandleOrder) async throws(DriverFault) -> CleaningRecord {
        try await hands.clean(order)
    }

    /// How the parent is.
    public func examine(_ order: HandleOrder) async throws(DriverFault) -> DeviceHealth {
        try await hands.examine(order)
    }

    private func traits(_ parent: MdevParent, _ type: MdevType, _ spec: MdevSpec, _ function: PCIFunction?) -> [String]
    {
        var traits = ["OWNER_CYBORG", "CUSTOM_MDEV_TYPE_\(ProviderNames.symbol(type.name))"]
        if let function {
            traits.append("CUSTOM_MDEV_\(function.vendorID.uppercased())_\(function.productID.uppercased())")
        }
        for trait in spec.traits where !traits.contains(trait.name) { traits.append(trait.name) }
        return traits
    }
}
