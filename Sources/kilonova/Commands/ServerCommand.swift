import ArgumentParser
import ControlPlane
import Settings

/// `kilonova server`: one replica of the control plane.
struct ServerCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "server", abstract: "Run one stateless replica of the control plane.",
        discussion: "Any number of replicas may share one PostgreSQL database behind a load balancer.")

    @Option(help: ArgumentHelp("Configuration file.", valueName: "file"))
    var config: String?

    func run() async throws {
        try await Reporting.failures {
            let settings = try ConfigurationFile.settings(config)
            let logger = Reporting.logger(settings.log)
            try await Replica(settings, logger: logger).run { url in Reporting.say("ready \(url)") }
        }
    }
}
