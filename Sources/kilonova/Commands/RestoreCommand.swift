import ArgumentParser
import ControlPlane
import Settings

/// `kilonova restore`: restores a backup to the places that the settings name.
struct RestoreCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "restore",
        abstract: "Check a backup of this control plane, and restore it.",
        discussion: """
            Stop the control plane first. Nothing is overwritten: existing files must be moved away, the database \
            together with its -wal and -shm files. With PostgreSQL only the keys are restored; pg_restore restores \
            the database.
            """)

    @Argument(help: "The folder that `kilonova backup` created.")
    var folder: String

    @OptionGroup var whose: BackedUpOptions

    @Flag(help: "Check the backup and change nothing.")
    var check = false

    func run() async throws {
        try await Reporting.failures {
            if check {
                let files = try await Restoration.verify(folder)
                Reporting.say("\(files) files are as they were when the backup was made")
                return
            }
            for place in try await Restoration(try whose.state()).run(from: folder) {
                Reporting.say("restored \(place)")
            }
        }
    }
}
