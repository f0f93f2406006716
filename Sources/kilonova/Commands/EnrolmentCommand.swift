import ArgumentParser
import ControlPlane
import Model
import Settings

/// `kilonova enrolment-token`: lets one host in, once.
struct EnrolmentCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "enrolment-token",
        abstract: "Print a one-time token by which a host's agent enrols.",
        discussion:
            "Put it into a file that only its owner may read, and name that in agent.enrolment_token_file on the host.")

    @Argument(help: "The host's name in the cloud.")
    var host: String

    @Option(help: ArgumentHelp("Configuration file.", valueName: "file"))
    var config: String?

    @Option(help: ArgumentHelp("How long the token may be used.", valueName: "minutes"))
    var validity = 60

    func run() async throws {
        try await Reporting.failures {
            let settings = try ConfigurationFile.settings(config)
            let token = try await Replica(settings, logger: Reporting.logger(settings.log))
                .enrolmentToken(for: HostName(host), validity: .seconds(validity * 60))
            Reporting.say(token.revealed)
        }
    }
}
