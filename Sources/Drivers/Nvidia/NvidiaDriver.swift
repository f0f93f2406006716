import Host
public import Model

/// Offers NVIDIA GPUs: as a whole, divided by mdev types, or divided by the types of the vendor's newer interface on
/// virtual functions.
///
/// Names, classes and traits are Cyborg's. Virtual functions are never offered as whole GPUs.
public struct NvidiaDriver: Driver {
    public static let name = "nvidia"
    public static let capabilities = DriverCapabilities(
        prepares: true, cleans: true, partitions: true, examines: true)
    static let vendor: UInt16 = 0x10de

    private let options: NvidiaOptions
    private let mdev: MdevOptions
    private let hands: MdevHands
    private let control: HostControl
    private let cleaning: ResetCleaning
    private let time: TimeSource
    private let gpus: (any GPUMonitor)?

    public init(_ options: DriverOptions) {
        self.options = options.nvidia
        mdev = options.mdev
        hands = MdevHands(options)
        control = options.control
        cleaning = ResetCleaning(options)
        time = options.time
        gpus = options.gpus
    }

    public var name: String { Self.name }
    public var capabilities: DriverCapabilities { Self.capabilities }

    public func discover(_ pass: DiscoveryPass) throws(DriverFault) -> Discovery {
        var discovery = Discovery()
        let parents = Dictionary(
            pass.snapshot.mdevParents.compactMap { parent in parent.address.map { ($0, parent) } },
            uniquingKeysWith: { first, _ in first })
        var shared: [MdevPools.Offer] = []
        var cards = VendorCards(pass)
        for function in pass.snapshot.functions where function.vendor == Self.vendor && function.classCode.isGPU {
            let reason: String?
            if let fence = pass.fencing.reasons(for: function.address).first {
                reason = fence.description
            } else if let types = options.types[function.address] {
                if let parent = parents[function.address] {
                    reason = divided(function, types, parent, pass, &shared, into: &discovery)
                } else {
                    reason = cards.divided(function, types, into: &discovery)
                }
            } else if function.isVirtualFunction {
                // Said once for the physical function, not for each of dozens.
                reason = nil
            } else if let sriov = function.sriov, sriov.enabled > 0 {
                let text = "its \(sriov.enabled) virtual functions are enabled"
                reason =
                    sriov.functions.contains { options.types[$0] != nil }
                    ? "\(text) and divided" : "\(text); name a vGPU type for them to offer these"
            } else {
                discovery.devices.append(whole(function, pass.host))
                reason = nil
            }
            if let reason {
                discovery.notes.append(HostProblem(path: function.path, text: "is not offered: \(reason)"))
            }
        }
        discovery.settle(MdevPools(options: mdev, snapshot: pass.snapshot).pools(of: shared) + cards.pools)
        for (address, types) in options.types.sorted(by: { $0.key < $1.key }) {
            guard let reason = Self.idleness(pass.snapshot.function(at: address)) else { continue }
            for type in types {
                discovery.idle.append(
                    HostProblem(
                        path: "vgpu_\(type).device_addresses \(address)",
                        text: "matches nothing on this host: \(reason)")
                )
            }
        }
        return discovery
    }

    /// Nil if the address may have types, otherwise the reason.
    private static func idleness(_ function: PCIFunction?) -> String? {
        guard let function else { return "there is no PCI function of that address" }
        guard function.vendor == vendor, function.classCode.isGPU else {
            return
                "it is a \(function.classCode.name) \(function.vendorID):\(function.productID) and no GPU of this vendor"
        }
        return nil
    }

    // MARK: Orders

    public func prepare(_ order: HandleOrder) async throws(DriverFault) {
        if order.attachment.type == .mdev { return try await hands.make(order) }
        guard let type = order.attachment.askedType else { return }
        try await setType(type, of: order.requireAddress())
    }

    public func withdraw(_ order: HandleOrder) async throws(DriverFault) {
        if order.attachment.type == .mdev { return try await hands.remove(order) }
        guard order.attachment.askedType != nil else { return }
        try await setType("0", of: order.requireAddress())
    }

    @discardableResult
    public func clean(_ order: HandleOrder) async throws(DriverFault) -> CleaningRecord {
        if order.attachment.type == .mdev { return try await hands.clean(order) }
        if order.attachment.askedType != nil { try await withdraw(order) }
        return try await cleaning.clean(order.requireAddress())
    }

    /// Reads the bus, and the vendor's library, which knows the cards that the vendor's driver runs.
    public func examine(_ order: HandleOrder) async throws(DriverFault) -> DeviceHealth {
        let address = try order.requireAddress()
        guard await control.snapshot().function(at: address) != nil else {
            return DeviceHealth(.sick, reason: "it is gone from the bus")
        }
        let bus = try await FunctionHealth(control: control).examine(order)
        guard let gpus, bus.state != .sick else { return bus }
        let reading = await Blocking.run { () throws(Never) in gpus.reading(of: address) }
        return reading?.health ?? bus
    }

    private func setType(_ type: String, of address: PCIAddress) async throws(DriverFault) {
        let function = await control.snapshot().function(at: address)
        guard let function, let partition = function.vendorPartition else {
            throw DriverFault("\(address) offers no vGPU types.")
        }
        guard let number = Self.number(of: type) else { throw DriverFault("'\(type)' is no vGPU type.") }
        guard partition.current != number else { return }
        if number != 0, partition.current == 0, !partition.creatable.contains(where: { $0.number == number }) {
            throw DriverFault("\(address) has room for no vGPU of type \(type) now.", isTransient: true)
        }
        try await changing { () async throws(ControlFault) in
            // From one type to another only by way of none.
            if number != 0, partition.current != 0 { try await control.setVendorType(0, of: address) }
            try await control.setVendorType(number, of: address)
        }
    }

    // MARK: Reports

    private func whole(_ function: PCIFunction, _ host: HostName) -> DeviceReport {
        var facts = PCIDriver.facts(of: function)
        facts["cleaning"] = "reset"
        return PCIReport(
            type: .gpu, driver: Self.name, resourceClass: "PGPU", traits: Self.traits(of: function), facts: facts,
            handle: Attachment(.pci(function.address)), needsCleaning: true
        ).device(function, on: host)
    }

    /// Nil if the GPU is offered, otherwise the reason. Several types of one card are separate deployables with their
    /// own classes, and share the card's capacity.
    private func divided(
        _ function: PCIFunction, _ types: [String], _ parent: MdevParent, _ pass: DiscoveryPass,
        _ shared: inout [MdevPools.Offer], into discovery: inout Discovery
    ) -> String? {
        let capacity = MdevCapacity(parent.types)
        var kinds: [MdevKind] = []
        for type in types {
            guard let kind = parent.types.first(where: { $0.name == type }) else {
                let reason = "it has no type \(type), but " + parent.types.map(\.name).joined(separator: ", ")
                if types.count == 1 { return reason }
                discovery.notes.append(
                    HostProblem(path: function.path, text: "is not offered as \(type): \(reason)"))
                continue
            }
            kinds.append(
                MdevKind(
                    type: kind, resourceClass: Self.resourceClass(of: kind.title),
                    traits: Self.traits(of: function, kind.title), liveMigratable: nil,
                    maximum: capacity.handles(of: kind, on: function), current: capacity.current[type] ?? 0))
        }
        let report = MdevReport(driver: Self.name, deviceType: .gpu, options: mdev)
        let device = report.device(parent, function, kinds, on: pass.host)
        guard !device.deployables.isEmpty else {
            return "it can hold no device of type \(types.joined(separator: " or "))"
        }
        discovery.devices.append(device)
        shared.append(
            MdevPools.Offer(
                parent: parent, function: function, deployables: report.names(of: kinds, parent, on: pass.host)))
        return nil
    }

    /// Includes the type's complete name without the vendor's word: `A100_4C` for `GRID A100-4C`.
    static func traits(of function: PCIFunction, _ title: String? = nil, else word: String? = nil) -> [String] {
        let product = "CUSTOM_NVIDIA_\(function.productID.uppercased())"
        let type = title.map { ProviderNames.symbol(VGPUTypeName.withoutVendor($0)) } ?? word
        return ["OWNER_CYBORG", type.map { "\(product)_\($0)" } ?? product]
    }

    /// Types that are backed by a MIG instance (`A100-2-10C`: two slices, 10 GB) are not time-sliced. They have their
    /// own class.
    static func resourceClass(of title: String?) -> String {
        guard let name = title.flatMap({ VGPUTypeName($0) }), let slices = name.slices else { return "VGPU" }
        return "CUSTOM_NVIDIA_MIG_\(slices)_\(name.size)\(ProviderNames.symbol(name.series))"
    }

    /// The number after `nvidia-`, or the text itself if it is a number.
    static func number(of type: String) -> Int? {
        Int(type.hasPrefix("nvidia-") ? String(type.dropFirst("nvidia-".count)) : type)
    }
}
