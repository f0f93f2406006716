import ArgumentParser
import ControlPlane
import Model
import Settings

/// `kilonova enrolment-token`: prints a token with which one host can enrol once.
struct EnrolmentCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "enrolment-token",
        abstract: "Print a one-time token with which a host's agent enrols.",
        discussion:
            "Store it on the host, in a file that only its owner may read, and set agent.enrolment_token_file to that file."
    )

    @Argument(help: "The host's name in the cloud.")
    var host: String

    @Option(help: ArgumentHelp("Configuration file.", valueName: "file"))
    var config: String?

    @Option(help: ArgumentHelp("How long the token is valid.", valueName: "minutes"))
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
