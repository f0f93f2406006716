import Host
public import Model

/// Offers mediated devices: each configured type of each parent is a deployable, with as many handles as the parent can
/// hold devices.
///
/// A handle's UUID is also the device's. The device is made when the handle is bound and removed after release. Both
/// may be done twice.
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
        var used: Set<Int> = []
        var offers: [MdevPools.Offer] = []
        for parent in pass.snapshot.mdevParents {
            let offered = parent.types.compactMap { type -> (MdevType, MdevSpec)? in
                let index = options.specs.firstIndex { $0.matches(parent, type: type.name) }
                guard let index else { return nil }
                used.insert(index)
                return (type, options.specs[index])
            }
            guard !offered.isEmpty else { continue }
            let function = parent.address.flatMap { pass.snapshot.function(at: $0) }
            if let reason = objection(parent, function, pass) {
                discovery.notes.append(HostProblem(path: parent.path, text: "is not offered: \(reason)"))
                continue
            }
            let capacity = MdevCapacity(parent.types)
            let kinds = offered.map { type, spec in
                MdevKind(
                    type: type,
                    resourceClass: spec.resourceClass?.name ?? "CUSTOM_MDEV_\(ProviderNames.symbol(type.name))",
                    traits: traits(parent, type, spec, function),
                    liveMigratable: spec.liveMigratable, maximum: capacity.handles(of: type, on: function),
                    current: capacity.current[type.name] ?? 0)
            }
            let report = MdevReport(driver: Self.name, deviceType: .mdev, options: options)
            let device = report.device(parent, function, kinds, on: pass.host)
            discovery.devices.append(device)
            offers.append(
                MdevPools.Offer(
                    parent: parent, function: function,
                    deployables: report.names(of: kinds, parent, on: pass.host)))
        }
        discovery.settle(MdevPools(options: options, snapshot: pass.snapshot).pools(of: offers))
        for (index, spec) in options.specs.enumerated() where !used.contains(index) {
            discovery.idle.append(idle(index, spec, pass.snapshot))
        }
        return discovery
    }

    /// Nil if a parent may be offered, otherwise the reason.
    private func objection(_ parent: MdevParent, _ function: PCIFunction?, _ pass: DiscoveryPass) -> String? {
        if let address = parent.address, let reason = pass.fencing.reasons(for: address).first {
            return reason.description
        }
        guard let count = function?.sriov?.enabled, count > 0 else { return nil }
        return "its \(count) virtual functions are enabled"
    }

    /// The note on an entry that matches nothing on this host, with the possible values.
    private func idle(_ index: Int, _ spec: MdevSpec, _ host: HostSnapshot) -> HostProblem {
        let parents = host.mdevParents.filter { spec.parent.matches($0.name, $0.address) }
        let meant = options.specs[..<index].enumerated().first { _, other in
            parents.contains { parent in
                parent.types.contains { spec.matches(parent, type: $0.name) && other.matches(parent, type: $0.name) }
            }
        }
        let reason: String
        if let (earlier, _) = meant {
            reason = "device_spec \(earlier + 1) comes first and has all that it matches"
        } else if !parents.isEmpty {
            let types = Set(parents.flatMap(\.types).map(\.name)).sorted()
            reason = "no parent that it matches has a type '\(spec.type)'; there are \(types.joined(separator: ", "))"
        } else if host.mdevParents.isEmpty {
            reason = "no device of this host offers mediated devices"
        } else {
            let names = host.mdevParents.prefix(8).map(\.name).joined(separator: ", ")
            reason = "no parent is called '\(spec.parent)'; there are \(names)"
        }
        return HostProblem(path: "mdev.device_spec \(index + 1)", text: "matches nothing on this host: \(reason)")
    }

    public func prepare(_ order: HandleOrder) async throws(DriverFault) { try await hands.make(order) }
    public func withdraw(_ order: HandleOrder) async throws(DriverFault) { try await hands.remove(order) }

    @discardableResult
    public func clean(_ order: HandleOrder) async throws(DriverFault) -> CleaningRecord {
        try await hands.clean(order)
    }

    /// The health of the handle's parent.
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
