import ArgumentParser
import ControlPlane
import Settings

/// `kilonova bootstrap`: creates the first users of a stand-alone control plane.
struct BootstrapCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "bootstrap",
        abstract: "Create the administrator, the roles and the catalog of the embedded identity service.",
        discussion: """
            The command can be run again: existing objects are kept, including passwords, and the catalog's URLs are updated. \
            It reports what was kept. `kilonova account reset-password` sets an administrator's password.
            """)

    @Option(help: ArgumentHelp("Configuration file.", valueName: "file"))
    var config: String?

    @Option(help: ArgumentHelp("File with the administrator's password.", valueName: "file"))
    var adminPasswordFile: String

    @Option(help: ArgumentHelp("Base URL under which clients reach the services.", valueName: "url"))
    var url: String

    func run() async throws {
        try await Reporting.failures {
            let settings = try ConfigurationFile.settings(config)
            let password = try DiskSecretFiles().secret(at: adminPasswordFile)
            let lines = try await Replica(settings, logger: Reporting.logger(settings.log))
                .bootstrap(adminPassword: password, url: url)
            for line in lines { Reporting.say(line) }
        }
    }
}
