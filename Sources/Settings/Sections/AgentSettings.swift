public import Model

/// The agent of this host.
public struct AgentSettings: Sendable {
    public let host: String?
    public let controlPlane: String?
    public let certificateAuthority: String?
    public let stateFolder: String
    public let drivers: [String]
    public let scanInterval: Duration
    public let sysfsRoot: String
    public let resourceProviderName: String?
    public let makesResourceProvider: Bool
    /// The one-time token of a host that is not enrolled yet.
    public let enrolmentToken: Secret?

    init(_ reader: inout SettingsReader) {
        host = reader.optionalText("agent.host", "This host's name in the cloud; its host name where it is not given.")
        controlPlane = reader.optionalText("agent.control_plane", "URL of the control plane's listener for agents.")
        certificateAuthority = reader.optionalText(
            "agent.cafile", "PEM file of the authority that signed the control plane's certificate.")
        stateFolder = reader.text(
            "agent.state_path", "Folder of the agent's certificate and journal.", default: "/var/lib/kilonova/agent")
        drivers = reader.texts("agent.enabled_drivers", "Drivers to run.", default: ["pci"])
        scanInterval = reader.duration(
            "agent.periodic_interval", "How often the host is looked at as a whole.", default: "60s")
        sysfsRoot = reader.text("agent.root", "The folder that holds sys and proc.", default: "/")
        resourceProviderName = reader.optionalText(
            "agent.resource_provider_name", "Name of the host's root provider; the host's name where it is not given.")
        makesResourceProvider = reader.boolean(
            "agent.create_resource_provider",
            "Whether to make the host's root provider where there is none; Nova's compute service makes its own.",
            default: false)
        enrolmentToken = reader.secret(
            file: "agent.enrolment_token_file",
            "File that holds the token of `kilonova enrolment-token`; may stay after it was used.")
    }
}

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

/// The fake driver, for trials without hardware.
public struct FakeSettings: Sendable {
    public let devices: Int
    public let prepareDelay: Duration

    init(_ reader: inout SettingsReader) {
        devices = reader.number("fake.devices", "Devices it makes up on each host.", in: 0...1024, default: 1)
        prepareDelay = reader.duration(
            "fake.prepare_delay", "How long it takes to make a handle attachable; 0s needs no preparation.",
            default: "0s")
    }
}
