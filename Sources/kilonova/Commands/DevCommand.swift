import ArgumentParser
import ControlPlane
import FoundationEssentials
import Settings

/// `kilonova dev`: everything in one process on SQLite.
struct DevCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "dev",
        abstract: "Run the whole control plane and this host's agent in one process, on SQLite.",
        discussion: """
            Prints one line, 'ready <base-url>', when it accepts requests, and writes clouds.yaml to the data folder. Set \
            OS_CLIENT_CONFIG_FILE to that file, and OS_CLOUD to kilonova (admin), kilonova-demo (member of project demo) or \
            kilonova-service. The data folder keeps all state across restarts. SIGTERM stops the process cleanly.
            """)

    @Option(help: "Folder of all state; created if it does not exist.")
    var dataDir = "kilonova-data"

    @Option(help: ArgumentHelp("Where to listen.", valueName: "address:port"))
    var listen: String?

    @Option(
        help: ArgumentHelp(
            "File with the admin's password; by default one is created in the data folder.", valueName: "file"))
    var adminPasswordFile: String?

    @Flag(help: "Do not run an agent for this machine.")
    var noAgent = false

    @Option(help: ArgumentHelp("A recorded host for which to run an agent; repeatable.", valueName: "file"))
    var recordedHost: [String] = []

    @Option(help: ArgumentHelp("A driver that agents run; repeatable.", valueName: "name"))
    var driver: [String] = []

    @Option(help: "How callers are authenticated: embedded or noauth2.")
    var auth: Authentication = .embedded

    @Option(help: ArgumentHelp("Configuration file.", valueName: "file"))
    var config: String?

    func run() async throws {
        var overrides: [String: SettingsValue] = [:]
        if let listen { overrides["listen.address"] = .text(listen) }
        if !driver.isEmpty { overrides["agent.enabled_drivers"] = .list(driver.map(SettingsValue.text)) }
        try await Reporting.failures {
            let options = DevelopmentCloud.Options(
                dataFolder: dataDir, adminPasswordFile: adminPasswordFile, runsAgent: !noAgent,
                recordedHosts: recordedHost, authentication: .init(auth))
            let cloud = try DevelopmentCloud.open(
                options, configuration: try ConfigurationFile.read(config),
                environment: ProcessInfo.processInfo.environment, overrides: overrides)
            try await cloud.run(logger: Reporting.logger(cloud.settings.log)) { url in Reporting.say("ready \(url)") }
        }
    }
}

extension DevCommand {
    enum Authentication: String, ExpressibleByArgument, CaseIterable {
        case embedded, noauth2
    }
}

extension DevelopmentCloud.Authentication {
    init(_ choice: DevCommand.Authentication) {
        self =
            switch choice {
            case .embedded: .embedded
            case .noauth2: .noauth2
            }
    }
}
