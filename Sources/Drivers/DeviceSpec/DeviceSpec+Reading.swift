import Model

extension DeviceSpec {
    /// The keys of `device_spec`.
    public static let keys = [
        "vendor_id", "product_id", "address", "devname", "physical_network", "resource_class", "traits", "managed",
        "live_migratable", "one_time_use", "trusted", "remote_managed", "group", "group_name", "group_type",
        "memory_region",
    ]

    /// Reads one spec or a list of them from JSON text, as one line of Nova's `[pci]device_spec` has it.
    public static func list(json text: String) throws(DeviceSpecFault) -> [DeviceSpec] {
        guard let value = SpecValue(json: text) else {
            throw DeviceSpecFault("", "'\(text.prefix(80))' is not JSON; it must be a mapping or a list of mappings")
        }
        return try list(value)
    }

    public static func list(_ value: SpecValue) throws(DeviceSpecFault) -> [DeviceSpec] {
        guard case .list(let values) = value else { return [try DeviceSpec(value)] }
        var specs: [DeviceSpec] = []
        for value in values { specs.append(try DeviceSpec(value)) }
        return specs
    }

    /// Reads one spec. A key that is none is refused with the nearest that is.
    public init(_ value: SpecValue) throws(DeviceSpecFault) {
        var ignored: [String] = []
        try self.init(value, ignored: &ignored)
        if let key = ignored.first {
            let near = NearestName.find(key, among: Self.keys).map { "; did you mean '\($0)'?" } ?? ""
            throw DeviceSpecFault(key, "is not a key of device_spec\(near)")
        }
    }

    /// Reads one entry of the older `passthrough_whitelist`, where other keys were kept as tags and had no effect: they are
    /// passed over with a warning, as is the old name itself.
    public static func legacy(_ value: SpecValue) throws(DeviceSpecFault) -> (spec: DeviceSpec, warnings: [String]) {
        var ignored: [String] = []
        let spec = try DeviceSpec(value, ignored: &ignored)
        var warnings = ["passthrough_whitelist is the former name of device_spec; use device_spec."]
        for key in ignored { warnings.append("passthrough_whitelist: the key '\(key)' has no effect.") }
        return (spec, warnings)
    }

    private init(_ value: SpecValue, ignored: inout [String]) throws(DeviceSpecFault) {
        guard case .mapping(let values) = value else {
            throw DeviceSpecFault("", "a device_spec is a mapping, not \(value.form)")
        }
        self.init()
        ignored = values.keys.filter { !Self.keys.contains($0) }.sorted()
        vendor = try Self.identifier(values, "vendor_id")
        product = try Self.identifier(values, "product_id")
        interfaceName = try Self.text(values, "devname")
        if let value = values["address"], value != .null {
            guard interfaceName == nil else {
                throw DeviceSpecFault("devname", "stands beside 'address'; give one of the two")
            }
            address = try Self.pattern(value)
        }
        namesPhysicalNetwork = values["physical_network"] != nil
        physicalNetwork = try Self.text(values, "physical_network")
        if let name = try Self.text(values, "resource_class") {
            resourceClass = try Self.resourceClass(name)
        }
        traits = try Self.traits(values["traits"])
        managed = try Self.flag(values, "managed")
        liveMigratable = try Self.flag(values, "live_migratable")
        oneTimeUse = try Self.flag(values, "one_time_use") ?? false
        trusted = try Self.flag(values, "trusted")
        remoteManaged = try Self.flag(values, "remote_managed")
        group = try Self.text(values, "group")
        if group == nil { group = try Self.text(values, "group_name") }
        groupType = try Self.text(values, "group_type")
        if groupType != nil, group == nil {
            throw DeviceSpecFault("group_type", "needs 'group', the name of the group")
        }
        if let region = try Self.text(values, "memory_region") {
            guard let index = Int(region), (0...5).contains(index) else {
                throw DeviceSpecFault("memory_region", "'\(region)' is not the number of a region, 0 to 5")
            }
            memoryRegion = index
        }
    }

    static func text(_ values: [String: SpecValue], _ key: String) throws(DeviceSpecFault) -> String? {
        switch values[key] {
        case nil, .null: return nil
        case .text(let text): return text
        case .number(let number) where number == number.rounded() && abs(number) < 1e15: return String(Int(number))
        case .some(let value): throw DeviceSpecFault(key, "is \(value.form); it must be a text")
        }
    }

    /// Four hexadecimal digits, or `*` for any.
    private static func identifier(
        _ values: [String: SpecValue], _ key: String
    ) throws(DeviceSpecFault) -> UInt16? {
        guard let written = try text(values, key) else { return nil }
        let word = written.filter { $0 != " " }
        if word == "*" { return nil }
        let digits = word.lowercased().hasPrefix("0x") ? String(word.dropFirst(2)) : word
        guard let value = UInt32(digits, radix: 16), !digits.hasPrefix("-"), !digits.hasPrefix("+") else {
            throw DeviceSpecFault(key, "'\(written)' is not hexadecimal; write four digits such as 10de, or '*'")
        }
        guard value <= 0xffff else { throw DeviceSpecFault(key, "'\(written)' is greater than ffff") }
        return UInt16(value)
    }

    private static func pattern(_ value: SpecValue) throws(DeviceSpecFault) -> PCIAddressPattern {
        switch value {
        case .text(let text): return try PCIAddressPattern(text: text)
        case .mapping(let parts):
            var expressions: [String: String] = [:]
            for (key, part) in parts {
                guard case .text(let text) = part else {
                    throw DeviceSpecFault("address", "'\(key)' is \(part.form); it must be a text")
                }
                expressions[key] = text
            }
            return try PCIAddressPattern(expressions: expressions)
        default:
            throw DeviceSpecFault("address", "is \(value.form); it must be a text or a mapping")
        }
    }

    /// A standard class by its name; any other name becomes a custom one, as Nova makes it.
    static func resourceClass(_ name: String) throws(DeviceSpecFault) -> ResourceClass {
        let symbol = ProviderNames.symbol(name)
        let standard = ["FPGA", "PGPU", "VGPU", "PCI_DEVICE", "SRIOV_NET_VF"]
        let full = standard.contains(symbol) || symbol.hasPrefix("CUSTOM_") ? symbol : "CUSTOM_\(symbol)"
        guard let found = ResourceClass(full), full != "CUSTOM_" else {
            throw DeviceSpecFault("resource_class", "'\(name)' is not the name of a resource class")
        }
        return found
    }

    /// A text with commas, or a list of texts. Names that begin with neither CUSTOM_ nor HW_ nor COMPUTE_ become custom ones.
    static func traits(_ value: SpecValue?) throws(DeviceSpecFault) -> [Trait] {
        var words: [String] = []
        switch value {
        case nil, .null: return []
        case .text(let text): words = text.split(separator: ",").map(String.init)
        case .list(let values):
            for value in values {
                guard case .text(let text) = value else {
                    throw DeviceSpecFault("traits", "holds \(value.form); it must hold texts")
                }
                words.append(text)
            }
        case .some(let value): throw DeviceSpecFault("traits", "is \(value.form); it must be a text or a list of texts")
        }
        var traits: [Trait] = []
        for word in words {
            let symbol = ProviderNames.symbol(String(word.drop { $0 == " " }.reversed().drop { $0 == " " }.reversed()))
            guard !symbol.isEmpty else { continue }
            let isStandard = ["CUSTOM_", "HW_", "COMPUTE_", "MISC_", "STORAGE_"].contains { symbol.hasPrefix($0) }
            guard let trait = Trait(isStandard ? symbol : "CUSTOM_\(symbol)") else {
                throw DeviceSpecFault("traits", "'\(word)' is not the name of a trait")
            }
            if !traits.contains(trait) { traits.append(trait) }
        }
        return traits
    }

    static func flag(_ values: [String: SpecValue], _ key: String) throws(DeviceSpecFault) -> Bool? {
        switch values[key] {
        case nil, .null: return nil
        case .flag(let flag): return flag
        case .number(1): return true
        case .number(0): return false
        case .text(let text):
            switch text.lowercased() {
            case "1", "t", "true", "on", "y", "yes": return true
            case "0", "f", "false", "off", "n", "no": return false
            default: throw DeviceSpecFault(key, "'\(text)' is neither true nor false")
            }
        case .some(let value): throw DeviceSpecFault(key, "is \(value.form); it must be true or false")
        }
    }
}
