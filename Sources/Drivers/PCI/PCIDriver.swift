import Host
public import Model

/// Offers whole PCI functions, physical or virtual, that `device_spec` selects.
///
/// Names, ids, classes and traits are Cyborg's. Cyborg calls every device a GPU; here the type is PCI. An additional
/// trait contains vendor and product, for every vendor.
public struct PCIDriver: Driver {
    public static let name = "pci"
    public static let capabilities = DriverCapabilities(cleans: true, examines: true)

    private let specs: [DeviceSpec]
    private let cleaning: ResetCleaning
    private let root: SysfsRoot

    public init(_ options: DriverOptions) {
        specs = options.deviceSpecs
        root = options.root
        cleaning = ResetCleaning(options)
    }

    public var name: String { Self.name }
    public var capabilities: DriverCapabilities { Self.capabilities }

    public func discover(_ pass: DiscoveryPass) throws(DriverFault) -> Discovery {
        var discovery = Discovery()
        let offer = Offer(specs, pass)
        var groups = DeviceGroups(specs)
        let variants = specs.contains { $0.liveMigratable == true } ? VariantDrivers(root) : nil
        for (function, verdict) in offer.verdicts {
            var spec = offer.matches[function.address].map { specs[$0] }
            if case .offered = verdict, spec?.liveMigratable == true, let reason = variants?.refusal(of: function) {
                spec?.liveMigratable = false
                discovery.notes.append(HostProblem(path: function.path, text: reason))
            }
            if let spec, spec.group != nil, groups.take(function, spec, verdict) { continue }
            switch verdict {
            case .offered(let index):
                discovery.devices.append(device(function, spec ?? specs[index], pass.host))
            case .fenced(let reasons):
                let text = reasons.map(\.description).joined(separator: "; ")
                discovery.notes.append(HostProblem(path: function.path, text: "is not offered: \(text)"))
            case .inseparable(let reason):
                discovery.notes.append(HostProblem(path: function.path, text: "is not offered: \(reason)"))
            case .unsuitable(let reason):
                // Bridges match every broad spec; nobody wants to read of each.
                if !function.classCode.isBridge {
                    discovery.notes.append(HostProblem(path: function.path, text: "is not offered: \(reason)"))
                }
            case .unmatched: break
            }
        }
        groups.report(into: &discovery, on: pass.host)
        discovery.idle = offer.idle(of: specs, "pci.device_spec", pass)
        return discovery
    }

    private func device(_ function: PCIFunction, _ spec: DeviceSpec, _ host: HostName) -> DeviceReport {
        let resourceClass = spec.resourceClass?.name ?? "CUSTOM_PCI"
        var facts = Self.facts(of: function)
        let check = spec.memoryRegion.map { ", checked by a pattern in memory region \($0)" } ?? ""
        facts["cleaning"] = !function.canReset ? "not possible: no way to reset it" : "reset\(check)"
        return PCIReport(
            type: .pci, driver: Self.name, resourceClass: resourceClass, traits: Self.traits(of: function, spec),
            facts: facts, handle: Attachment(.pci(function.address), details: Self.details(spec)), needsCleaning: true
        ).device(function, on: host)
    }

    /// Resets the function. A reset does not erase the content of a storage device, so cleaning such a device throws,
    /// and its handle is not given to another tenant. The nvme driver erases drives.
    @discardableResult
    public func clean(_ order: HandleOrder) async throws(DriverFault) -> CleaningRecord {
        guard let members = try order.groupMembers() else { return try await clean(order.requireAddress()) }
        // Of a group, one after another; one that fails keeps all of it back.
        var whole: CleaningRecord?
        for address in members {
            let part = try await clean(address)
            guard var record = whole else {
                whole = part
                continue
            }
            for (key, value) in part.device { record.device[key, default: ""] += " \(value)" }
            record.methods += part.methods
            record.ended = part.ended
            whole = record
        }
        guard let whole else { throw DriverFault("The group names no members.") }
        return whole
    }

    /// For a group, every member is examined.
    public func examine(_ order: HandleOrder) async throws(DriverFault) -> DeviceHealth {
        try await FunctionHealth(control: cleaning.control).examine(order)
    }

    private func clean(_ address: PCIAddress) async throws(DriverFault) -> CleaningRecord {
        let host = await cleaning.control.snapshot()
        let function = host.function(at: address)
        if let function, function.classCode.base == 0x01 {
            throw DriverFault(
                "\(address) is a \(function.classCode.name), and the pci driver cannot erase what it stores. Offer drives "
                    + "through the nvme driver, or erase it and free the handle by hand.")
        }
        let offer = Offer(specs, DiscoveryPass(snapshot: host, host: ""), only: { $0.address == address })
        let isProgrammable = function.map { FPGAVendors.made($0) } ?? false
        if let region = offer.matches[address].flatMap({ specs[$0].memoryRegion }) {
            var record = try await cleaning.clean(address, memoryRegion: region)
            if isProgrammable { record.methods.append("logic that was loaded onto the card was not looked at") }
            return record
        }
        if isProgrammable {
            throw DriverFault(
                "\(address) is an FPGA, and the logic that a tenant loaded onto it stays over a reset. Offer it through the driver of its "
                    + "vendor with fpga.clean_images, or load other logic over it and release the attach handle by hand."
            )
        }
        return try await cleaning.clean(address)
    }

    /// The pairs of a handle beside its function.
    static func details(_ spec: DeviceSpec) -> [String: String] {
        var info: [String: String] = [:]
        // Texts, not truth values: consumers read a map of text to text.
        if let managed = spec.managed { info["managed"] = managed ? "true" : "false" }
        if let migratable = spec.liveMigratable { info["live_migratable"] = migratable ? "true" : "false" }
        if let network = spec.physicalNetwork { info["physical_network"] = network }
        if spec.oneTimeUse { info["one_time_use"] = "true" }
        return info
    }

    static func traits(of function: PCIFunction, _ spec: DeviceSpec) -> [String] {
        let vendor = function.vendorID.uppercased()
        let product = function.productID.uppercased()
        var traits = ["OWNER_CYBORG"]
        if let name = PCIVendor.name(function.vendor) { traits.append("CUSTOM_PCI_\(name)") }
        traits += ["CUSTOM_PCI_PRODUCT_ID_\(product)", "CUSTOM_PCI_\(vendor)_\(product)"]
        if spec.liveMigratable == true { traits.append("HW_PCI_LIVE_MIGRATABLE") }
        if spec.oneTimeUse { traits.append("HW_PCI_ONE_TIME_USE") }
        for trait in spec.traits where !traits.contains(trait.name) { traits.append(trait.name) }
        return traits
    }

    /// Facts about a device for operators, beyond the API's fields.
    static func facts(of function: PCIFunction) -> [String: String] {
        var facts = ["class": function.classCode.name, "address": function.address.description]
        facts["serial"] = function.serial
        facts["numa_node"] = function.numaNode.map(String.init)
        facts["iommu_group"] = function.iommuGroup.map(String.init)
        facts["kernel_driver"] = function.driver
        facts["physical_function"] = function.physicalFunction?.description
        facts["reset_methods"] = function.resetMethods.isEmpty ? nil : function.resetMethods.joined(separator: " ")
        facts["link_speed"] = function.link?.speed
        facts["link_width"] = function.link?.width.map { "x\($0)" }
        return facts
    }
}
