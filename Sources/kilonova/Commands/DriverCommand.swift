import ArgumentParser
import Console

/// `kilonova driver`: shows the drivers of the cloud's hosts.
struct DriverCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "driver", abstract: "Show the drivers of the cloud's hosts.", subcommands: [List.self])

    /// Lists them with their failures.
    struct List: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "list", abstract: "List drivers, their support levels, and where they fail.")

        @OptionGroup var cloud: CloudOptions
        @OptionGroup var output: OutputOptions

        func run() async throws {
            try await Reporting.failures {
                let drivers = try await cloud.list("drivers")
                output.show(drivers, ["name", "support_level", "since", "hosts", "failures"])
            }
        }
    }
}
