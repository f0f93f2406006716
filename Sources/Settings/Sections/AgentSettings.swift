public import Model

/// The agent of this host.
public struct AgentSettings: Sendable {
    public let host: String?
    public let controlPlanes: [String]
    public let certificateAuthority: String?
    public let stateFolder: String
    public let drivers: [String]
    /// Drivers that are separate programs.
    public let externalDrivers: [SettingsValue]
    public let partitions: [SettingsValue]
    public let layout: Layout
    public let healthInterval: Duration
    public let scanInterval: Duration
    public let sysfsRoot: String
    public let resourceProviderName: String?
    public let makesResourceProvider: Bool
    /// The one-time token of a host that is not enrolled yet.
    public let enrolmentToken: Secret?

    /// How devices become resource providers.
    public enum Layout: String, Sendable, CaseIterable {
        case legacy, grouped, numa
    }

    init(_ reader: inout SettingsReader) {
        host = reader.optionalText(
            "agent.host", "This host's name in the cloud; the machine's host name if it is not set.")
        controlPlanes = reader.items(
            "agent.control_plane",
            "URL of the control plane's listener for agents, or a list of URLs: if one does not respond, the agent uses another."
        )
        certificateAuthority = reader.optionalText(
            "agent.cafile", "PEM file of the certificate authority that signed the control plane's certificate.")
        stateFolder = reader.text(
            "agent.state_path", "Folder of the agent's certificate and journal.", default: "/var/lib/kilonova/agent")
        drivers = reader.texts(
            "agent.enabled_drivers",
            "Drivers to run. If two of them find the same device, the first one gets it.", default: ["pci"])
        externalDrivers = reader.mappings(
            "agent.external_drivers",
            "Drivers that are separate programs: name, program, arguments, timeout; docs/drivers/external.md.")
        partitions = reader.mappings(
            "agent.partitions",
            "How devices are divided: address, virtual_functions, driver, queues, interrupts; docs/drivers/partitions.md."
        )
        layout = reader.choice(
            "agent.provider_layout",
            "How devices become resource providers. A change converts existing providers; docs/drivers/layouts.md.",
            default: Layout.legacy)
        healthInterval = reader.duration(
            "agent.health_interval", "How often the health of devices is checked.", default: "60s")
        scanInterval = reader.duration(
            "agent.periodic_interval", "How often the agent looks at the whole host.", default: "60s")
        sysfsRoot = reader.text("agent.root", "The folder that contains sys and proc.", default: "/")
        resourceProviderName = reader.optionalText(
            "agent.resource_provider_name", "Name of the host's root provider; the host's name if it is not set.")
        makesResourceProvider = reader.boolean(
            "agent.create_resource_provider",
            "Whether to create the host's root provider if it does not exist. Nova's compute service creates its own.",
            default: false)
        enrolmentToken = reader.secret(
            file: "agent.enrolment_token_file",
            "File that contains the token of `kilonova enrolment-token`; it may stay after use.")
    }
}
