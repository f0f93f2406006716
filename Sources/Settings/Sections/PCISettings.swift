/// What of the PCI devices is offered.
public struct PCISettings: Sendable {
    public let deviceSpec: [SettingsValue]
    /// The older name of `device_spec`.
    public let passthroughWhitelist: [SettingsValue]

    init(_ reader: inout SettingsReader) {
        deviceSpec = reader.mappings(
            "pci.device_spec", "Devices to offer, in the form of Nova's device_spec; nothing is offered unasked.")
        passthroughWhitelist = reader.mappings(
            "pci.passthrough_whitelist", "The former name of device_spec; works, with a warning.")
    }
}
