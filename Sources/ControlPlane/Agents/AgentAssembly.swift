import Agent
import Clients
import DeviceAgent
import Drivers
import Host
import Link
import Logging
import Model
import Settings

/// Creates agents from the settings. An agent's log messages name its host, because several may run in one process.
struct AgentAssembly: Sendable {
    let settings: Settings
    let logger: Logger

    /// Throws 400 if drivers or `device_spec` are invalid.
    ///
    /// - Parameter warnings: collects what an operator should change; it is logged when all agents of the process are
    ///   created
    func agent(
        of host: LocalHost, link: any DeviceLink, placement: any PlacementClient, stateFolder: String,
        makesRootProvider: Bool, rootProvider: String? = nil, warnings: inout HostWarnings
    ) throws -> HostAgent {
        let (options, remarks) = try DriverOptions.configured(settings, for: host)
        for remark in remarks { warnings.add(remark, of: host.name) }
        let wishes = try DriverOptions.partitions(settings.agent)
        let enabled = try DriverRegistry.standard.enabled(settings.agent.drivers, options)
        for warning in enabled.warnings { warnings.add("\(warning)", of: host.name) }
        var deviceOptions = DeviceParty.Options(
            rootProvider: rootProvider ?? host.name.text, makesRootProvider: makesRootProvider,
            scanInterval: settings.agent.scanInterval, hearsKernel: host.root.isThisMachine,
            healthInterval: settings.agent.healthInterval, layout: ProviderLayout(settings.agent.layout))
        deviceOptions.events = host.events
        deviceOptions.pending = options.control.pending
        deviceOptions.imageFolder = "\(stateFolder)/images"
        let shell = try HostShell(host: host.name, link: link, stateFolder: stateFolder, logger: logger)
        let devices = try DeviceParty(
            shell, link: link, discoverer: Discoverer(host: host.name, root: host.root, drivers: enabled.drivers),
            placement: placement, options: deviceOptions,
            // With nothing to divide, too: what was divided for an entry that is gone is given back.
            partitioner: Partitioner(
                wishes, mdevs: options.mdev.partitions, control: options.control, commands: options.commands))
        return HostAgent(shell, version: ProgramVersion.text, parties: [devices])
    }
}

extension DriverRegistry {
    /// The drivers with those names. Throws 400 for an unknown name.
    func enabled(_ names: [String], _ options: DriverOptions) throws(Fault) -> EnabledDrivers {
        do throws(DriverFault) {
            return try drivers(named: names, options: options)
        } catch {
            throw .badRequest(error.text)
        }
    }
}

extension ProviderLayout {
    init(_ layout: AgentSettings.Layout) {
        switch layout {
        case .legacy: self = .legacy
        case .grouped: self = .grouped
        case .numa: self = .numa
        }
    }
}

extension SpecValue {
    /// A configuration value in the form that the drivers read; scalars stay text.
    init(_ value: SettingsValue) {
        switch value {
        case .null: self = .null
        case .text(let text): self = .text(text)
        case .list(let values): self = .list(values.map(SpecValue.init))
        case .mapping(let entries):
            self = .mapping(
                Dictionary(entries.map { ($0.key, SpecValue($0.value)) }) { _, last in last })
        }
    }
}
