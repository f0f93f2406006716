import ArgumentParser
import ControlPlane
import Settings

/// `kilonova rotate-token-keys`: makes the staged key sign tokens, and stages a new one.
struct TokenKeyCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "rotate-token-keys",
        abstract: "Make the staged key sign tokens of the embedded identity service, and stage a new key.",
        discussion: """
            Run the command on one machine, and copy the folder to the other replicas. Keep a key that has signed for longer \
            than a token's lifetime. Replicas that share the folder use the new key within half a minute.
            """)

    @Option(help: ArgumentHelp("Configuration file.", valueName: "file"))
    var config: String?

    @Option(help: ArgumentHelp("Folder of the keys, instead of the one in the configuration.", valueName: "folder"))
    var folder: String?

    @Option(help: ArgumentHelp("Number of keys to keep, including the staged one; at least 3.", valueName: "count"))
    var keep = 5

    func validate() throws {
        guard (3...1000).contains(keep) else { throw ValidationError("--keep is 3 to 1000.") }
    }

    func run() async throws {
        try await Reporting.failures {
            let folder = try await TokenKeys.rotate(try ConfigurationFile.settings(config), in: folder, keep: keep)
            Reporting.say("the staged key in \(folder) signs, a new one is staged")
        }
    }
}
