import Host
public import Model

/// Offers NVIDIA GPUs: whole, divided by mdev types, or by the types of the vendor's newer interface on virtual functions.
///
/// Names, classes and traits are the reference's. Virtual functions are no whole GPUs and are never offered as such.
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
        for function in pass.snapshot.functions where function.vendor == Self.vendor && function.classCode.isGPU {
            let reason: String?
            if let fence = pass.fencing.reasons(for: function.address).first {
                reason = fence.description
            } else if let types = options.types[function.address] {
                reason = divided(function, types, parents[function.address], pass, into: &discovery)
            } else if function.isVirtualFunction {
                // Said once for the physical function, not for each of dozens.
                reason = nil
            } else if let sriov = function.sriov, sriov.enabled > 0 {
                reason = "its \(sriov.enabled) virtual functions are enabled; name a vGPU type for them to offer these"
            } else {
                discovery.devices.append(whole(function, pass.host))
                reason = nil
            }
            if let reason {
                discovery.notes.append(HostProblem(path: function.path, text: "is not offered: \(reason)"))
            }
        }
        return discovery
    }

    // MARK: Orders

    public func prepare(_ order: HandleOrder) async throws(DriverFault) {
        if order.type == .mdev { return try await hands.make(order) }
        guard let type = order.info["asked_type"] else { return }
        try await setType(type, of: order.requireAddress())
    }

    public func withdraw(_ order: HandleOrder) async throws(DriverFault) {
        if order.type == .mdev { return try await hands.remove(order) }
        guard order.info["asked_type"] != nil else { return }
        try await setType("0", of: order.requireAddress())
    }

    @discardableResult
    public func clean(_ order: HandleOrder) async throws(DriverFault) -> CleaningRecord {
        if order.type == .mdev { return try await hands.clean(order) }
        if order.info["asked_type"] != nil { try await withdraw(order) }
        return try await cleaning.clean(order.requireAddress())
    }

    /// Asks the bus, and the vendor's library, which knows the cards that the vendor's driver runs.
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
        let digits = type.hasPrefix("nvidia-") ? String(type.dropFirst("nvidia-".count)) : type
        guard let number = Int(digits) else { throw DriverFault("'\(type)' is no vGPU type.") }
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
            handle: function.address.attachInfo, needsCleaning: true
        ).device(function, on: host)
    }

    /// Nil when it is offered, else why not.
    private func divided(
        _ function: PCIFunction, _ types: [String], _ parent: MdevParent?, _ pass: DiscoveryPass,
        into discovery: inout Discovery
    ) -> String? {
        if let parent {
            // Several types of one card are deployables of their own, with classes of their own, and share it.
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
                        traits: Self.traits(of: function, Self.word(of: kind.title)), liveMigratable: nil,
                        maximum: capacity.maximum[type] ?? 0, current: capacity.current[type] ?? 0))
            }
            let device = MdevReport(driver: Self.name, deviceType: .gpu, options: mdev).device(
                parent, function, kinds, on: pass.host)
            guard !device.deployables.isEmpty else {
                return "it can hold no device of type \(types.joined(separator: " or "))"
            }
            discovery.devices.append(device)
            return nil
        }
        guard types.count == 1, let type = types.first else {
            return "it can have one type of \(types.joined(separator: ", ")); name one"
        }
        guard let partition = function.vendorPartition else {
            return "the type \(type) is configured for it, and its driver offers no types"
        }
        let digits = type.hasPrefix("nvidia-") ? String(type.dropFirst("nvidia-".count)) : type
        guard let number = Int(digits) else { return "'\(type)' is no vGPU type" }
        let title = partition.creatable.first { $0.number == number }?.title
        guard title != nil || partition.current == number else {
            return "it has room for no vGPU of type \(type)"
        }
        var info = function.address.attachInfo
        info["asked_type"] = type
        var facts = PCIDriver.facts(of: function)
        facts["cleaning"] = "the vGPU is removed and the function reset"
        // While a tenant has it no type is creatable and its name is not shown: class and traits must not change by that.
        let siblings = pass.snapshot.functions.lazy.compactMap(\.vendorPartition).flatMap(\.creatable)
        let known = title ?? siblings.first { $0.number == number }?.title
        var device = PCIReport(
            type: .gpu, driver: Self.name, resourceClass: Self.resourceClass(of: known),
            traits: Self.traits(of: function, known.flatMap { Self.word(of: $0) } ?? "TYPE_\(number)"), facts: facts,
            handle: info, needsCleaning: true
        ).device(function, on: pass.host)
        for index in device.deployables[0].handles.indices {
            device.deployables[0].handles[index].needsPreparation = true
        }
        discovery.devices.append(device)
        return nil
    }

    private static func traits(of function: PCIFunction, _ type: String? = nil) -> [String] {
        let product = "CUSTOM_NVIDIA_\(function.productID.uppercased())"
        return ["OWNER_CYBORG", type.map { "\(product)_\($0)" } ?? product]
    }

    /// The second word of a type's name, as a trait has it: of `GRID A100-4C`, `A100_4C`.
    private static func word(of title: String?) -> String? {
        guard let words = title?.split(separator: " "), words.count > 1 else { return nil }
        return ProviderNames.symbol(String(words[1]))
    }

    /// Types that are backed by a MIG instance (`A100-2-10C`: two slices, 10 GB) are no time slices and have a class of
    /// their own.
    static func resourceClass(of title: String?) -> String {
        guard let word = title?.split(separator: " ").dropFirst().first else { return "VGPU" }
        let parts = word.split(separator: "-")
        guard parts.count == 3, let slices = Int(parts[1]) else { return "VGPU" }
        return "CUSTOM_NVIDIA_MIG_\(slices)_\(ProviderNames.symbol(String(parts[2])))"
    }
}
