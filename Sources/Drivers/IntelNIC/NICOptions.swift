public import Model

/// The configuration of network cards: sections `nic_devices` and `x710_static`.
public struct NICOptions: Sendable, Equatable {
    /// `physical_device_mappings`: the physical network of each interface of a physical function.
    public var networks: [String: String]
    /// `function_device_mappings`: the program of the card's packet processing, by interface, such as `GTPv1`.
    public var functions: [String: String]
    /// `device_addresses`: the physical or virtual functions that are offered; all if it is empty.
    public var addresses: [PCIAddress]

    public init(networks: [String: String] = [:], functions: [String: String] = [:], addresses: [PCIAddress] = []) {
        self.networks = networks
        self.functions = functions
        self.addresses = addresses
    }

    /// Reads mappings of the form `physnet1:eth2|eth3` into a dictionary by interface.
    public static func mapping(_ entries: [String], key: String) throws(DeviceSpecFault) -> [String: String] {
        var mapping: [String: String] = [:]
        for entry in entries {
            let halves = entry.split(separator: ":", maxSplits: 1).map(String.init)
            guard halves.count == 2, !halves[0].isEmpty else {
                throw DeviceSpecFault(key, "'\(entry)' is not of the form physnet1:eth2|eth3")
            }
            for interface in halves[1].split(separator: "|") {
                let name = interface.filter { $0 != " " }
                if let other = mapping[name], other != halves[0] {
                    throw DeviceSpecFault(key, "'\(name)' is mapped to both \(other) and \(halves[0])")
                }
                mapping[name] = halves[0]
            }
        }
        return mapping
    }
}
