import ArgumentParser
import ControlPlane
import Settings

/// `kilonova rotate-certificate-key`: creates a new key that signs sanitisation certificates.
struct CertificateKeyCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "rotate-certificate-key",
        abstract: "Create a new key that signs sanitisation certificates from now on.",
        discussion:
            "The private half of the former key is removed, its public half stays. Replicas that share the folder use the new key within half a minute."
    )

    @Option(help: ArgumentHelp("Configuration file.", valueName: "file"))
    var config: String?

    func run() async throws {
        try await Reporting.failures {
            let folder = try await CertificateKeys.rotate(try ConfigurationFile.settings(config))
            Reporting.say("a new key in \(folder) signs")
        }
    }
}
