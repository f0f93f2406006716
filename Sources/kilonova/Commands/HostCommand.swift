import ArgumentParser
import ControlPlane
import FoundationEssentials
import Settings

/// `kilonova host`: this machine as the agent sees it.
struct HostCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "host", abstract: "Look at this machine as its agent does, and at the cloud's hosts.",
        subcommands: [
            Record.self, Match.self, Reshape.self, List.self, Show.self, Disable.self, Enable.self, Delete.self,
        ])

    /// Archives what drivers read of a machine.
    struct Record: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "record",
            abstract: "Write what the drivers read of this machine's /sys and /proc into one file.",
            discussion: """
                The file serves `kilonova dev --recorded-host` and reports of faults. Serial numbers and addresses stay \
                in it: look through it before you hand it on; it is plain text.
                """)

        @Argument(help: "The file to write.")
        var file: String

        @Option(help: "The folder that holds sys and proc.")
        var root = "/"

        @Option(help: "A remark that is kept in the file.")
        var note = ""

        func run() async throws {
            try await Reporting.failures {
                try HostInspection.record(root: root, note: note, to: file)
            }
        }
    }

    /// Says what a change of the layout of providers would do.
    struct Reshape: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "reshape",
            abstract: "Say what a change of agent.provider_layout would do to this host's resource providers.",
            discussion: """
                The agent itself makes the change, at its start with the new setting: what is bound stays bound, and a change \
                that is cut off goes on or is undone at the next start. Nothing is changed here.
                """)

        @Flag(help: "Show what would be done; there is nothing else this command does.")
        var preview = false

        @Option(
            help: ArgumentHelp(
                "legacy, grouped or numa; agent.provider_layout when it is not given.", valueName: "layout"))
        var to: String?

        @Option(help: ArgumentHelp("Configuration file.", valueName: "file"))
        var config: String?

        @Option(help: ArgumentHelp("A recorded host in place of this machine.", valueName: "file"))
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

    /// Says what `device_spec` offers and why not.
    struct Match: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "match",
            abstract: "Say for each PCI device whether device_spec offers it, and why not; and what each driver offers."
        )

        @Option(help: ArgumentHelp("Configuration file.", valueName: "file"))
        var config: String?

        @Option(help: ArgumentHelp("A recorded host in place of this machine.", valueName: "file"))
        var recordedHost: String?

        func run() async throws {
            try await Reporting.failures {
                let settings = try ConfigurationFile.settings(config)
                Reporting.say(try await HostInspection.match(settings, recordedHost: recordedHost))
            }
        }
    }
}
