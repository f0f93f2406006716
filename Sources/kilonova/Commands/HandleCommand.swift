import ArgumentParser
import Clients
import Console
import HTTPTypes

/// `kilonova handle`: shows attach handles, and decides about those in quarantine.
struct HandleCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "handle", abstract: "Show attach handles, and decide about those in quarantine.",
        subcommands: [List.self, Show.self, Retry.self, Release.self])

    /// Lists them.
    struct List: AsyncParsableCommand {
        static let configuration = CommandConfiguration(commandName: "list", abstract: "List attach handles.")

        @Option(help: ArgumentHelp("Only handles in this state; 'error' means quarantined.", valueName: "state"))
        var state: String?

        @Option(help: "Only handles of this host.")
        var host: String?

        @Option(help: ArgumentHelp("Only handles of this deployable.", valueName: "uuid"))
        var deployable: String?

        @OptionGroup var cloud: CloudOptions
        @OptionGroup var output: OutputOptions

        func run() async throws {
            try await Reporting.failures {
                let handles = try await cloud.list(
                    "attach_handles", query: [("state", state), ("hostname", host), ("deployable_uuid", deployable)])
                output.show(handles, ["uuid", "hostname", "attach_type", "state", "reason", "instance_uuid"])
            }
        }
    }

    /// Selects a handle and its cloud.
    struct Choice: ParsableArguments {
        @Argument(help: "Its id.")
        var uuid: String

        @OptionGroup var cloud: CloudOptions

        func act(_ action: String) async throws {
            try await Reporting.failures { try await cloud.call(.post, "attach_handles", uuid, action) }
        }
    }

    /// Shows one.
    struct Show: AsyncParsableCommand {
        static let configuration = CommandConfiguration(commandName: "show", abstract: "Show an attach handle.")

        @OptionGroup var choice: Choice
        @OptionGroup var output: OutputOptions

        func run() async throws {
            try await Reporting.failures {
                output.show(one: try await choice.cloud.call(.get, "attach_handles", choice.uuid))
            }
        }
    }

    /// Requests another cleaning of a handle in quarantine.
    struct Retry: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "retry", abstract: "Have a quarantined handle cleaned again.")

        @OptionGroup var choice: Choice

        func run() async throws { try await choice.act("retry") }
    }

    /// Releases a handle in quarantine without cleaning.
    struct Release: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "release",
            abstract: "Return a quarantined handle to use uncleaned, on your own responsibility.")

        @OptionGroup var choice: Choice

        func run() async throws { try await choice.act("release") }
    }
}
