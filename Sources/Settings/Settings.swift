/// Everything that can be configured: one YAML file, and environment variables that override it.
///
/// The sections read their keys by name, and this is the only list of keys: a key that nothing reads is refused, and
/// the reference in `docs/configuration.md` is generated from what is read. Each service reads its own section.
public struct Settings: Sendable {
    public let listen: ListenSettings
    public let database: DatabaseSettings
    public let services: ServicesSettings
    public let auth: AuthSettings
    public let policy: PolicySettings
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
    private let sections: [ServiceName: any Sendable]

    init(_ reader: inout SettingsReader, _ services: [ServiceSettings]) {
        listen = ListenSettings(&reader)
        database = DatabaseSettings(&reader)
        self.services = ServicesSettings(&reader, services)
        auth = AuthSettings(&reader)
        var sections: [ServiceName: any Sendable] = [:]
        for service in services.prefix(1) { sections[service.name] = service.read(&reader) }
        // The reference has this section after that of the first service.
        policy = PolicySettings(&reader, services)
        for service in services.dropFirst() { sections[service.name] = service.read(&reader) }
        self.sections = sections
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
    /// - Parameters:
    ///   - file: the text and, for messages, the path of the configuration file, if there is one
    ///   - overrides: values by dotted path that win over both, from the command line
    ///   - services: in the order in which they are named
    public init(
        file: (text: String, name: String)? = nil, environment: [String: String] = [:],
        overrides: [String: SettingsValue] = [:], files: any SecretFiles = DiskSecretFiles(),
        services: [ServiceSettings]
    ) throws(SettingsFault) {
        var sources: [SettingsSource] = []
        if let file { sources.append(try .file(file.text, named: file.name)) }
        sources.append(try .environment(environment))
        sources.append(
            SettingsSource(name: "the command line", values: overrides.mapValues { ($0, "the command line") }))
        var reader = SettingsReader(sources, files: files)
        self.init(&reader, services)
        try reader.finish()
    }

    /// Every key, in the order of the sections.
    public static func keys(_ services: [ServiceSettings]) -> [SettingsKey] {
        var reader = SettingsReader([], files: DiskSecretFiles())
        _ = Settings(&reader, services)
        return reader.keys
    }

    /// The section that a service read.
    public func section<Section: Sendable>(of service: ServiceName) -> Section {
        guard let section = sections[service] as? Section else {
            preconditionFailure("the service '\(service.text)' reads no \(Section.self)")
        }
        return section
    }
}
