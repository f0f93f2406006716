import ArgumentParser
import ControlPlane
import Settings

/// `kilonova agent`: this host's agent beside a control plane elsewhere.
struct AgentCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "agent", abstract: "Run the agent of this host.",
        discussion: """
            At its first start the agent exchanges the token of 'kilonova enrolment-token' for a certificate, which it renews \
            automatically. It reports to Placement and to the accelerator service, and carries out their work on the host.
            """)

    @Option(help: ArgumentHelp("Configuration file.", valueName: "file"))
    var config: String?

    func run() async throws {
        try await Reporting.failures {
            let settings = try ConfigurationFile.settings(config)
            let logger = Reporting.logger(settings.log)
            try await RemoteAgent(settings, logger: logger).run { host in Reporting.say("agent of \(host)") }
        }
    }
}
