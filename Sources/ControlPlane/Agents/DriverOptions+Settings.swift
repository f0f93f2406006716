import Drivers
import Model
import Settings

extension DriverOptions {
    /// The configuration of drivers for a host, with warnings for its operator. Throws 400 that names the key of an
    /// invalid value.
    static func configured(_ settings: Settings, for host: LocalHost) throws(Fault) -> (
        options: DriverOptions, remarks: [String]
    ) {
        var refusals = Refusals()
        var options = DriverOptions(root: host.root, commands: host.commands)
        let (specs, remarks) = refusals.read("", else: ([], [])) { () throws(DeviceSpecFault) in
            try DeviceSpec.configured(settings.pci)
        }
        options.deviceSpecs = specs
        options.nvme = refusals.read("nvme", else: options.nvme) { () throws(DeviceSpecFault) in
            NVMeOptions(
                deviceSpecs: try list("device_spec", settings.nvme.deviceSpec, DeviceSpec.list).flatMap { $0 },
                clearAction: .init(rawValue: settings.nvme.clearAction.rawValue) ?? .auto,
                clearStrategy: .init(rawValue: settings.nvme.clearStrategy.rawValue) ?? .auto,
                cleanupTimeout: settings.nvme.cleanupTimeout, samples: settings.nvme.samples,
                offersVirtualFunctions: settings.nvme.offersVirtualFunctions,
                handleType: .init(rawValue: settings.nvme.handleType.rawValue) ?? .pci)
        }
        options.mdev = refusals.read("mdev", else: options.mdev) { () throws(DeviceSpecFault) in
            MdevOptions(
                specs: try list("device_spec", settings.mdev.deviceSpec, MdevSpec.init),
                creator: .init(rawValue: settings.mdev.creator.rawValue) ?? .agent,
                persists: settings.mdev.isPersistent,
                partitions: try mdevPartitions(settings.agent))
        }
        options.nvidia = refusals.read("", else: options.nvidia) { () throws(DeviceSpecFault) in
            try NvidiaOptions(enabledTypes: settings.gpu.enabledTypes, addresses: settings.gpu.addresses)
        }
        options.nic = refusals.read("x710_static", else: options.nic) { () throws(DeviceSpecFault) in
            var addresses: [PCIAddress] = []
            for text in settings.nic.deviceAddresses {
                guard let address = PCIAddress(text) else {
                    throw DeviceSpecFault("device_addresses", "'\(text)' is not a PCI address such as 0000:05:00.0")
                }
                addresses.append(address)
            }
            return NICOptions(
                networks: try NICOptions.mapping(
                    settings.nic.physicalDeviceMappings, key: "physical_device_mappings"),
                functions: try NICOptions.mapping(
                    settings.nic.functionDeviceMappings, key: "function_device_mappings"), addresses: addresses)
        }
        options.fpga = refusals.read("fpga", else: options.fpga) { () throws(DeviceSpecFault) in
            for (driver, image) in settings.fpga.cleanImages.sorted(by: { $0.key < $1.key }) {
                guard ["intel_fpga", "xilinx_fpga"].contains(driver) else {
                    throw DeviceSpecFault("clean_images", "'\(driver)' is neither intel_fpga nor xilinx_fpga")
                }
                guard image.hasPrefix("/") else {
                    throw DeviceSpecFault("clean_images", "'\(image)' is not an absolute path")
                }
            }
            return FPGAOptions(cleanImages: settings.fpga.cleanImages)
        }
        options.external = refusals.read("agent", else: options.external) { () throws(DeviceSpecFault) in
            try list("external_drivers", settings.agent.externalDrivers, ExternalSpec.init)
        }
        options.fake = refusals.read("fake", else: options.fake) { () throws(DeviceSpecFault) in
            FakeOptions(
                devices: settings.fake.devices, accelerators: settings.fake.accelerators,
                prepareDelay: settings.fake.prepareDelay, cleanDelay: settings.fake.cleanDelay,
                fleet: try list("fleet", settings.fake.fleet, FakeKind.init),
                faults: try list("faults", settings.fake.faults, FakeFault.init),
                controlFile: settings.fake.controlFile)
        }
        refusals.read("agent", else: ()) { () throws(DeviceSpecFault) in _ = try wishes(settings.agent) }
        try refusals.finish()
        return (options, remarks)
    }

    /// `agent.partitions`.
    static func partitions(_ settings: AgentSettings) throws(Fault) -> [PartitionWish] {
        var refusals = Refusals()
        let wishes = refusals.read("agent", else: []) { () throws(DeviceSpecFault) in try Self.wishes(settings) }
        try refusals.finish()
        return wishes
    }

    private static func wishes(_ settings: AgentSettings) throws(DeviceSpecFault) -> [PartitionWish] {
        let wishes = try list("partitions", settings.partitions.filter { !isMdev($0) }, PartitionWish.init)
        for (index, wish) in wishes.enumerated()
        where wishes[..<index].contains(where: { $0.address == wish.address }) {
            throw DeviceSpecFault("partitions", "\(wish.address) stands twice; a device has one entry")
        }
        return wishes
    }

    /// The entries of `agent.partitions` that keep shares for mediated devices: they have a parent instead of an
    /// address.
    static func mdevPartitions(_ settings: AgentSettings) throws(DeviceSpecFault) -> [MdevPartition] {
        let shares = try list("partitions", settings.partitions.filter(isMdev), MdevPartition.init)
        for (index, share) in shares.enumerated()
        where shares[..<index].contains(where: { $0.parent == share.parent && $0.type == share.type }) {
            throw DeviceSpecFault("partitions", "\(share.parent) stands twice with \(share.type)")
        }
        return shares
    }

    private static func isMdev(_ value: SettingsValue) -> Bool {
        guard case .mapping(let entries) = value else { return false }
        return entries.contains { $0.key == "parent" }
    }

    /// The entries of a list. Throws everything that is wrong with them, each with its index in the list.
    private static func list<Entry>(
        _ key: String, _ values: [SettingsValue], _ make: (SpecValue) throws(DeviceSpecFault) -> Entry
    ) throws(DeviceSpecFault) -> [Entry] {
        var entries: [Entry] = []
        var faults: [DeviceSpecFault] = []
        for (index, value) in values.enumerated() {
            do throws(DeviceSpecFault) { entries.append(try make(SpecValue(value))) } catch {
                faults.append(DeviceSpecFault("\(key) \(index + 1)", "\(error)"))
            }
        }
        if let fault = DeviceSpecFault(faults) { throw fault }
        return entries
    }

    /// Collects everything that is wrong with the configuration of drivers, section by section.
    private struct Refusals {
        private var lines: [String] = []

        mutating func read<Value>(
            _ section: String, else standard: Value, _ body: () throws(DeviceSpecFault) -> Value
        ) -> Value {
            do throws(DeviceSpecFault) {
                return try body()
            } catch {
                lines.append(section.isEmpty ? "\(error)" : "\(section).\(error)")
                return standard
            }
        }

        func finish() throws(Fault) {
            guard !lines.isEmpty else { return }
            throw .badRequest(lines.joined(separator: "\n"))
        }
    }
}
