import ArgumentParser
import ControlPlane
import Settings

/// `kilonova rotate-certificate-key`: has a new key sign sanitisation certificates.
struct CertificateKeyCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "rotate-certificate-key",
        abstract: "Sign sanitisation certificates with a new key from now on.",
        discussion:
            "The former key's secret half is removed, its public half stays. Replicas on the same folder follow within half a minute."
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
