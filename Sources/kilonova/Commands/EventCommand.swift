import ArgumentParser
import Console

/// `kilonova event`: who did what.
struct EventCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "event", abstract: "Show who did what, to which device, for whom.", subcommands: [List.self])

    /// Lists them, oldest first.
    struct List: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "list", abstract: "List changes of state and who caused them, oldest first.")

        @Option(help: "Only events of this action.")
        var action: String?

        @Option(help: ArgumentHelp("Only events of this accelerator request.", valueName: "uuid"))
        var arq: String?

        @Option(help: ArgumentHelp("Only events of this instance.", valueName: "uuid"))
        var instance: String?

        @Option(help: ArgumentHelp("Only events of this device.", valueName: "uuid"))
        var device: String?

        @Option(help: "Only events of this host.")
        var host: String?

        @Option(help: ArgumentHelp("Only events of this project's requests.", valueName: "id"))
        var project: String?

        @Option(help: ArgumentHelp("Maximum number of events.", valueName: "count"))
        var limit: Int?

        @OptionGroup var cloud: CloudOptions
        @OptionGroup var output: OutputOptions

        func run() async throws {
            try await Reporting.failures {
                let events = try await cloud.list(
                    "events",
                    query: [
                        ("action", action), ("arq_uuid", arq), ("instance_uuid", instance), ("device_uuid", device),
                        ("hostname", host), ("project_id", project),
                    ], limit: limit)
                output.show(events, ["at", "action", "hostname", "arq_uuid", "instance_uuid", "detail"])
            }
        }
    }
}
