import ArgumentParser
import ControlPlane
import FoundationEssentials
import Settings

/// `kilonova host`: this machine as the agent sees it.
struct HostCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "host", abstract: "Inspect this machine as its agent does, and manage the cloud's hosts.",
        subcommands: [
            Record.self, Match.self, Reshape.self, List.self, Show.self, Disable.self, Enable.self, Delete.self,
        ])

    /// Records what drivers read on a machine.
    struct Record: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "record",
            abstract: "Write what the drivers read from this machine's /sys and /proc to one file.",
            discussion: """
                The file is for `kilonova dev --recorded-host` and for bug reports. It is plain text and contains serial \
                numbers and addresses: review it before you pass it on.
                """)

        @Argument(help: "The file to write.")
        var file: String

        @Option(help: "The folder that contains sys and proc.")
        var root = "/"

        @Option(help: "A remark to store in the file.")
        var note = ""

        func run() async throws {
            try await Reporting.failures {
                try HostInspection.record(root: root, note: note, to: file)
            }
        }
    }

    /// Shows the effect of a change of the provider layout.
    struct Reshape: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "reshape",
            abstract: "Show what a change of agent.provider_layout would do to this host's resource providers.",
            discussion: """
                This command changes nothing. The agent makes the change when it starts with the new setting. What is bound \
                stays bound. A change that is interrupted continues, or is undone, at the next start.
                """)

        @Flag(help: "Show what would be done; required, because the command does nothing else.")
        var preview = false

        @Option(
            help: ArgumentHelp(
                "legacy, grouped or numa; the default is agent.provider_layout.", valueName: "layout"))
        var to: String?

        @Option(help: ArgumentHelp("Configuration file.", valueName: "file"))
        var config: String?

        @Option(help: ArgumentHelp("A recorded host, instead of this machine.", valueName: "file"))
        var recordedHost: String?

        func validate() throws {
            guard preview else {
                throw ValidationError(
                    "Say --preview: the agent makes the change when agent.provider_layout is set and it starts.")
            }
        }

        func run() async throws {
            try await Reporting.failures {
                let settings = try ConfigurationFile.settings(config)
                Reporting.say(
                    try await HostInspection.reshapePreview(settings, to: to, recordedHost: recordedHost))
            }
        }
    }

    /// Shows what `device_spec` offers, and why it does not offer the rest.
    struct Match: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "match",
            abstract:
                "Show for each PCI device whether device_spec offers it, and why not; and what each driver offers."
        )

        @Option(help: ArgumentHelp("Configuration file.", valueName: "file"))
        var config: String?

        @Option(help: ArgumentHelp("A recorded host, instead of this machine.", valueName: "file"))
        var recordedHost: String?

        func run() async throws {
            try await Reporting.failures {
                let settings = try ConfigurationFile.settings(config)
                Reporting.say(try await HostInspection.match(settings, recordedHost: recordedHost))
            }
        }
    }
}
