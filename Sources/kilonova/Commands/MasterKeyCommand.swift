import ArgumentParser
import ControlPlane
import Settings

/// `kilonova rotate-master-key`: makes a new master key, with which the keys of all secrets are wrapped.
struct MasterKeyCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "rotate-master-key",
        abstract: "Make a new master key of the key manager, and wrap the keys of all secrets with it.",
        discussion: """
            Replicas that share the folder use the new key at once; where each has a copy, make the key on one, copy the folder to \
            the others, and run the command again with --no-new-key. What was broken off goes on with --no-new-key, too. Afterwards \
            nothing needs the former keys but older backups of the database.
            """)

    @Option(help: ArgumentHelp("Configuration file.", valueName: "file"))
    var config: String?

    @Flag(inversion: .prefixedNo, help: "Make a new key first.")
    var newKey = true

    func run() async throws {
        try await Reporting.failures {
            let settings = try ConfigurationFile.settings(config)
            let done = try await MasterKeys.rotate(
                settings, makesKey: newKey, logger: Reporting.logger(settings.log))
            Reporting.say("the newest key in \(done.folder) wraps; \(done.secrets) secrets were wrapped anew")
        }
    }
}
