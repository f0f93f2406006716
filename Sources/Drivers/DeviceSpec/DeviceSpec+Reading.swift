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
        if case .text = value { return [try DeviceSpec(value)] }
        return try list(value)
    }

    /// Reads a mapping, a list of mappings, or the JSON text of either. The error lists everything that is wrong.
    public static func list(_ value: SpecValue) throws(DeviceSpecFault) -> [DeviceSpec] {
        try entries(of: value) { value throws(DeviceSpecFault) in try DeviceSpec(value) }
    }

    private static func entries<Entry>(
        of value: SpecValue, _ make: (SpecValue) throws(DeviceSpecFault) -> Entry
    ) throws(DeviceSpecFault) -> [Entry] {
        if case .text(let json) = value {
            guard let inner = SpecValue(json: json) else {
                throw DeviceSpecFault("", "'\(json.prefix(80))' is neither a mapping nor the JSON text of one")
            }
            if case .text = inner { return [try make(inner)] }
            return try entries(of: inner, make)
        }
        guard case .list(let values) = value else { return [try make(value)] }
        var entries: [Entry] = []
        var faults: [DeviceSpecFault] = []
        for value in values {
            do throws(DeviceSpecFault) { entries.append(try make(value)) } catch { faults.append(error) }
        }
        if let fault = DeviceSpecFault(faults) { throw fault }
        return entries
    }

    /// Reads one spec. The error lists everything that is wrong; for an unknown key it names the nearest known one.
    public init(_ value: SpecValue) throws(DeviceSpecFault) {
        var faults: [DeviceSpecFault] = []
        let ignored: [String]
        (self, ignored) = try Self.read(value, &faults)
        let strangers = ignored.map { key in
            let near = NearestName.find(key, among: Self.keys).map { "; did you mean '\($0)'?" } ?? ""
            return DeviceSpecFault(key, "is not a key of device_spec\(near)")
        }
        if let fault = DeviceSpecFault(strangers + faults) { throw fault }
    }

    /// Reads entries of the older `passthrough_whitelist`. There, other keys were kept as tags and had no effect; they
    /// are ignored with a warning. The old name itself is a warning, too.
    public static func legacy(
        list value: SpecValue
    ) throws(DeviceSpecFault) -> (specs: [DeviceSpec], warnings: [String]) {
        let read = try entries(of: value) { value throws(DeviceSpecFault) in try legacy(value) }
        var warnings: [String] = []
        for warning in read.flatMap(\.warnings) where !warnings.contains(warning) { warnings.append(warning) }
        return (read.map(\.spec), warnings)
    }

    /// One such entry.
    public static func legacy(_ value: SpecValue) throws(DeviceSpecFault) -> (spec: DeviceSpec, warnings: [String]) {
        var faults: [DeviceSpecFault] = []
        let (spec, ignored) = try read(value, &faults)
        if let fault = DeviceSpecFault(faults) { throw fault }
        var warnings = ["passthrough_whitelist is the former name of device_spec; use device_spec."]
        for key in ignored { warnings.append("passthrough_whitelist: the key '\(key)' has no effect.") }
        return (spec, warnings)
    }

    /// The values of the keys, and the unknown keys.
    private static func read(
        _ value: SpecValue, _ faults: inout [DeviceSpecFault]
    ) throws(DeviceSpecFault) -> (DeviceSpec, ignored: [String]) {
        guard case .mapping(let values) = value else {
            throw DeviceSpecFault("", "a device_spec is a mapping, not \(value.form)")
        }
        var found: [DeviceSpecFault] = []
        func take<Value>(_ key: String, _ read: ([String: SpecValue], String) throws(DeviceSpecFault) -> Value?)
            -> Value?
        {
            do throws(DeviceSpecFault) { return try read(values, key) } catch {
                found.append(error)
                return nil
            }
        }
        var spec = DeviceSpec()
        spec.vendor = take("vendor_id", identifier)
        spec.product = take("product_id", identifier)
        spec.interfaceName = take("devname", text)
        spec.address = take("address", pattern)
        if values["address"] ?? .null != .null, spec.interfaceName != nil {
            found.append(DeviceSpecFault("devname", "stands beside 'address'; give one of the two"))
        }
        spec.namesPhysicalNetwork = values["physical_network"] != nil
        spec.physicalNetwork = take("physical_network", text)
        spec.resourceClass = take("resource_class") { values, key throws(DeviceSpecFault) in
            guard let name = try text(values, key) else { return nil }
            return try resourceClass(name)
        }
        spec.traits = take("traits") { values, key throws(DeviceSpecFault) in try traits(values[key]) } ?? []
        spec.managed = take("managed", flag)
        spec.liveMigratable = take("live_migratable", flag)
        spec.oneTimeUse = take("one_time_use", flag) ?? false
        spec.trusted = take("trusted", flag)
        spec.remoteManaged = take("remote_managed", flag)
        spec.group = take("group", text)
        if spec.group == nil { spec.group = take("group_name", text) }
        spec.groupType = take("group_type", text)
        if spec.groupType != nil, spec.group == nil {
            found.append(DeviceSpecFault("group_type", "needs 'group', the name of the group"))
        }
        spec.memoryRegion = take("memory_region", region)
        faults += found
        return (spec, values.keys.filter { !keys.contains($0) }.sorted())
    }

    private static func region(
        _ values: [String: SpecValue], _ key: String
    ) throws(DeviceSpecFault) -> Int? {
        guard let region = try text(values, key) else { return nil }
        guard let index = Int(region), (0...5).contains(index) else {
            throw DeviceSpecFault(key, "'\(region)' is not the number of a region, 0 to 5")
        }
        return index
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

    private static func pattern(
        _ values: [String: SpecValue], _ key: String
    ) throws(DeviceSpecFault) -> PCIAddressPattern? {
        guard let value = values[key], value != .null else { return nil }
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
