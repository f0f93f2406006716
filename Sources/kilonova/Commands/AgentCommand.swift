import ArgumentParser
import ControlPlane
import Settings

/// `kilonova agent`: this host's agent beside a control plane elsewhere.
struct AgentCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "agent", abstract: "Run the agent of this host.",
        discussion: """
            At its first start it trades the token of 'kilonova enrolment-token' for a certificate, which it renews by \
            itself from then on. It reports to Placement and to the accelerator service, and does what they ask of the host.
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
