import ArgumentParser
import ControlPlane
import FoundationEssentials
import Model
import Settings

/// `kilonova backup`: copies database, keys and certificates of a control plane while it runs.
struct BackupCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "backup",
        abstract: "Copy database, keys and certificates of this control plane into a new folder.",
        discussion: """
            The control plane may keep running: SQLite's online backup copies the database as it is at one moment. The copy \
            is checked, and the folder appears when it is complete. With PostgreSQL only the keys are copied; pg_dump copies \
            the database. The folder contains secrets: protect it like the control plane itself.
            """)

    @Argument(help: "The folder to create.")
    var folder: String

    @OptionGroup var whose: BackedUpOptions

    func run() async throws {
        try await Reporting.failures {
            let made = try await Backup(try whose.state()).make(in: folder)
            Reporting.say("\(made.files) files, \(made.bytes) bytes, checked, in \(folder)")
            if !made.hasDatabase {
                Reporting.say(
                    "the database is PostgreSQL's: back it up at the same time, with pg_dump --format=custom --file=FILE URL"
                )
            }
        }
    }
}

/// Selects the state: that of `kilonova server` or of `kilonova dev`.
struct BackedUpOptions: ParsableArguments {
    @Option(help: ArgumentHelp("Configuration file.", valueName: "file"))
    var config: String?

    @Option(help: "Data folder of kilonova dev; without it the settings of kilonova server count.")
    var dataDir: String?

    func state() throws -> BackedUpState {
        guard let dataDir else { return BackedUpState(server: try ConfigurationFile.settings(config)) }
        return try BackedUpState(
            dataFolder: dataDir, configuration: try ConfigurationFile.read(config),
            environment: ProcessInfo.processInfo.environment)
    }
}
