/// Network cards of the intel_nic driver, with upstream's names.
public struct NICSettings: Sendable {
    public let physicalDeviceMappings: [String]
    public let functionDeviceMappings: [String]
    public let deviceAddresses: [String]

    init(_ reader: inout SettingsReader) {
        physicalDeviceMappings = reader.items(
            "x710_static.physical_device_mappings", "The physical network of each interface: physnet1:eth2|eth3.")
        functionDeviceMappings = reader.items(
            "x710_static.function_device_mappings",
            "What is loaded into the packet processing of each interface: GTPv1:eth3.")
        deviceAddresses = reader.items(
            "x710_static.device_addresses", "Physical or virtual functions to offer; all if it is not set.")
    }
}
