/// Which PCI devices are offered.
public struct PCISettings: Sendable {
    public let deviceSpec: [SettingsValue]
    /// The older name of `device_spec`.
    public let passthroughWhitelist: [SettingsValue]
    public let novaConfigFiles: [String]

    init(_ reader: inout SettingsReader) {
        deviceSpec = reader.mappings(
            "pci.device_spec",
            "Devices to offer, in the form of Nova's device_spec, or its JSON strings. If it is not set, nothing is offered.",
            takesTexts: true)
        passthroughWhitelist = reader.mappings(
            "pci.passthrough_whitelist", "The former name of device_spec; it works with a warning.", takesTexts: true)
        novaConfigFiles = reader.texts(
            "pci.nova_config_files",
            "Nova configuration files, or folders of them (*.conf), whose section [pci] names further devices to offer."
        )
    }
}
