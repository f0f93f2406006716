import ArgumentParser
import ControlPlane
import Model
import Settings

/// `kilonova revoke-certificates`: revokes the certificates of one host's agent.
struct RevocationCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "revoke-certificates",
        abstract: "Revoke the certificates of a host's agent.",
        discussion:
            "Its connection ends within a heartbeat. A new token of `kilonova enrolment-token` lets it in again.")

    @Argument(help: "The host's name in the cloud.")
    var host: String

    @Option(help: ArgumentHelp("Configuration file.", valueName: "file"))
    var config: String?

    func run() async throws {
        try await Reporting.failures {
            let settings = try ConfigurationFile.settings(config)
            let ended = try await Replica(settings, logger: Reporting.logger(settings.log))
                .revokeCertificates(of: HostName(host))
            let tokens = ended.tokens > 0 ? ", \(ended.tokens) enrolment tokens ended" : ""
            Reporting.say("\(ended.certificates) certificates of \(host) revoked\(tokens)")
        }
    }
}
