import ArgumentParser
import ControlPlane
import Settings

/// `kilonova rotate-token-keys`: has a new key sign tokens.
struct TokenKeyCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "rotate-token-keys",
        abstract: "Sign tokens of the embedded identity service with the staged key from now on, and stage a new one.",
        discussion: """
            Run it on one machine, copy the folder to the other replicas, and wait longer than a token lives before a key that \
            signed is dropped. Replicas on the same folder follow within half a minute.
            """)

    @Option(help: ArgumentHelp("Configuration file.", valueName: "file"))
    var config: String?

    @Option(help: ArgumentHelp("Folder of the keys, in place of what the configuration says.", valueName: "folder"))
    var folder: String?

    @Option(help: ArgumentHelp("Keys that stay, the staged one among them; at least 3.", valueName: "count"))
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
