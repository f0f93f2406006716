import Agent
import Foundation
public import Host
import Identity
public import Logging
import Model
import ServiceLifecycle
public import Settings
import Store

/// Everything in one process on SQLite: `kilonova dev`. Its state is kept in one folder across restarts.
public struct DevelopmentCloud: Sendable {
    /// How callers are authenticated.
    public enum Authentication: String, Sendable, CaseIterable {
        case embedded, noauth2
    }

    /// The options of the command line.
    public struct Options: Sendable {
        public var dataFolder: String
        /// File with the administrator's password; nil creates one in the data folder.
        public var adminPasswordFile: String?
        /// Whether an agent of this host runs.
        public var runsAgent: Bool
        /// Files of recorded hosts; an agent runs for each.
        public var recordedHosts: [String]
        /// Simulated hosts, whose devices may appear and disappear; an agent runs for each.
        package var playedHosts: [PlayedHost] = []
        public var authentication: Authentication
        /// Whether SIGTERM and SIGINT stop it; otherwise only the end of the task does.
        package var heedsSignals = true

        public init(
            dataFolder: String, adminPasswordFile: String? = nil, runsAgent: Bool = true,
            recordedHosts: [String] = [], authentication: Authentication = .embedded
        ) {
            self.dataFolder = dataFolder
            self.adminPasswordFile = adminPasswordFile
            self.runsAgent = runsAgent
            self.recordedHosts = recordedHosts
            self.authentication = authentication
        }
    }

    /// A recorded host with the events of its kernel.
    public struct PlayedHost: Sendable {
        public var host: RecordedHost
        public var events: AsyncStream<HostEvent>

        public init(_ host: RecordedHost, events: AsyncStream<HostEvent>) {
            self.host = host
            self.events = events
        }
    }

    public let settings: Settings
    private let options: Options
    private let folder: DataFolder

    /// Locks the data folder and reads the settings.
    ///
    /// - Parameters:
    ///   - configuration: text and name of a configuration file
    ///   - overrides: settings of the command line, which override file and environment
    public static func open(
        _ options: Options, configuration: (text: String, name: String)?, environment: [String: String],
        overrides: [String: SettingsValue]
    ) throws -> DevelopmentCloud {
        let folder = try DataFolder.open(options.dataFolder)
        var overrides = overrides
        overrides.merge(DataFolder.overrides(folder.path)) { _, own in own }
        overrides["auth.auth_strategy"] = .text(options.authentication.rawValue)
        let settings: Settings
        do {
            settings = try Settings(file: configuration, environment: environment, overrides: overrides)
        } catch {
            folder.release()
            throw error
        }
        return DevelopmentCloud(settings: settings, options: options, folder: folder)
    }

    /// Settings with which a command finds the database and keys of a data folder, even if a process is using it.
    public static func overrides(ofDataFolder path: String) -> [String: SettingsValue] {
        DataFolder.overrides(DataFolder.absolute(path))
    }

    /// Runs until SIGTERM or SIGINT, and releases the data folder. `onReady` gets the base URL when all services
    /// respond and `clouds.yaml` is written.
    public func run(logger: Logger, onReady: @escaping @Sendable (_ url: String) -> Void) async throws {
        defer { folder.release() }
        let accounts = try accounts()
        ProcessMetrics.start()
        let plane = try await ControlPlane.open(settings, logger)
        var serving = Serving(plane: plane, settings: settings, logger: logger)
        serving.heedsSignals = options.heedsSignals
        do {
            if options.authentication == .embedded { try await bootstrap(plane, accounts) }
            serving.companions = try agents(plane, logger)
        } catch {
            await plane.engine.close()
            throw error
        }
        let settings = settings
        let folder = folder
        let authentication = options.authentication
        let authority = Listening.ownAuthority(settings)
        try await serving.run { url in
            switch authentication {
            case .embedded:
                try await plane.identity.updateCatalog(
                    Catalog.entries(settings.services.enabled, of: plane.rooms, url: url))
                try folder.write(CloudsFile.withPasswords(base: url, authority: authority, accounts), to: "clouds.yaml")
            case .noauth2:
                try folder.write(CloudsFile.withoutAuthentication(base: url, authority: authority), to: "clouds.yaml")
            }
            onReady(url)
        }
    }

    /// The accounts: an administrator, a member of a project, and a service user like Nova's.
    private func accounts() throws -> [CloudsFile.Cloud] {
        let admin: Secret
        if let file = options.adminPasswordFile {
            admin = try DiskSecretFiles().secret(at: file)
        } else {
            admin = try folder.secret("admin-password")
        }
        return [
            .init(name: "kilonova", user: "admin", project: "admin", password: admin),
            .init(
                name: "kilonova-demo", user: "demo", project: "demo", password: try folder.secret("demo-password")),
            .init(
                name: "kilonova-service", user: "nova", project: "service",
                password: try folder.secret("service-password")),
        ]
    }

    private func bootstrap(_ plane: ControlPlane, _ accounts: [CloudsFile.Cloud]) async throws {
        var plan = BootstrapPlan(adminPassword: accounts[0].password)
        // The file is what counts: who changes it and starts again can log in.
        plan.resetsAdminPassword = options.adminPasswordFile != nil
        plan.members = [
            .init(
                account: .init(name: accounts[1].user, password: accounts[1].password), project: accounts[1].project)
        ]
        plan.serviceUsers = [.init(name: accounts[2].user, password: accounts[2].password)]
        _ = try await plane.identity.bootstrap(plan)
    }

    private func agents(_ plane: ControlPlane, _ logger: Logger) throws -> [any ServiceLifecycle.Service] {
        var hosts: [LocalHost] = []
        if options.runsAgent { hosts.append(LocalHost.this(settings.agent)) }
        for file in options.recordedHosts { hosts.append(try LocalHost.recorded(file)) }
        for played in options.playedHosts {
            hosts.append(
                LocalHost(
                    name: played.host.hostName, root: played.host.root, commands: played.host.commands,
                    events: played.events))
        }
        var names: Set<HostName> = []
        for host in hosts where !names.insert(host.name).inserted {
            throw Fault.badRequest("Two hosts are named '\(host.name)'; record one of them under another name.")
        }
        let build = AgentAssembly(settings: settings, logger: logger)
        var warnings = HostWarnings()
        let agents = try hosts.map { host in
            try build.agent(
                of: host, link: plane.link(of: host.name), placement: plane.placementClient,
                stateFolder: folder.agentState(of: host.name), makesRootProvider: true, warnings: &warnings)
        }
        warnings.log(logger)
        return agents
    }
}
