/// Everything that can be configured: one YAML file, and environment variables that override it.
///
/// The sections read their keys by name, and this is the only list of keys: a key that nothing reads is refused, and
/// the reference in `docs/configuration.md` is generated from what is read.
public struct Settings: Sendable {
    public let listen: ListenSettings
    public let database: DatabaseSettings
    public let services: ServicesSettings
    public let auth: AuthSettings
    public let identity: IdentitySettings
    public let policy: PolicySettings
    public let placement: PlacementSettings
    public let accelerator: AcceleratorSettings
    public let agents: AgentsSettings
    public let agent: AgentSettings
    public let pci: PCISettings
    public let nvme: NVMeSettings
    public let mdev: MdevSettings
    public let gpu: GPUSettings
    public let nic: NICSettings
    public let fpga: FPGASettings
    public let fake: FakeSettings
    public let log: LogSettings

    init(_ reader: inout SettingsReader) {
        listen = ListenSettings(&reader)
        database = DatabaseSettings(&reader)
        services = ServicesSettings(&reader)
        auth = AuthSettings(&reader)
        identity = IdentitySettings(&reader)
        policy = PolicySettings(&reader)
        placement = PlacementSettings(&reader)
        accelerator = AcceleratorSettings(&reader)
        agents = AgentsSettings(&reader)
        agent = AgentSettings(&reader)
        pci = PCISettings(&reader)
        nvme = NVMeSettings(&reader)
        mdev = MdevSettings(&reader)
        gpu = GPUSettings(&reader)
        nic = NICSettings(&reader)
        fpga = FPGASettings(&reader)
        fake = FakeSettings(&reader)
        log = LogSettings(&reader)
    }

    /// Reads a file's text and the environment. Throws every problem at once, each with its place.
    ///
    /// - Parameter file: the text and, for messages, the path of the configuration file, if there is one
    /// - Parameter overrides: values by dotted path that win over both, from the command line
    public init(
        file: (text: String, name: String)? = nil, environment: [String: String] = [:],
        overrides: [String: SettingsValue] = [:], files: any SecretFiles = DiskSecretFiles()
    ) throws(SettingsFault) {
        var sources: [SettingsSource] = []
        if let file { sources.append(try .file(file.text, named: file.name)) }
        sources.append(try .environment(environment))
        sources.append(
            SettingsSource(name: "the command line", values: overrides.mapValues { ($0, "the command line") }))
        var reader = SettingsReader(sources, files: files)
        self.init(&reader)
        try reader.finish()
    }

    /// Every key, in the order of the sections.
    public static var keys: [SettingsKey] {
        var reader = SettingsReader([], files: DiskSecretFiles())
        _ = Settings(&reader)
        return reader.keys
    }
}
