import ArgumentParser
import Clients
import Console
import HTTPTypes

/// `kilonova handle`: what is attached to servers, and what waits for an operator.
struct HandleCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "handle", abstract: "Look at attach handles, and decide about those in quarantine.",
        subcommands: [List.self, Show.self, Retry.self, Release.self])

    /// Lists them.
    struct List: AsyncParsableCommand {
        static let configuration = CommandConfiguration(commandName: "list", abstract: "List attach handles.")

        @Option(help: ArgumentHelp("Only those in this state; 'error' is quarantine.", valueName: "state"))
        var state: String?

        @Option(help: "Only those of this host.")
        var host: String?

        @Option(help: ArgumentHelp("Only those of this deployable.", valueName: "uuid"))
        var deployable: String?

        @OptionGroup var cloud: CloudOptions
        @OptionGroup var output: OutputOptions

        func run() async throws {
            try await Reporting.failures {
                let handles = try await cloud.session().list(
                    .accelerator, "/attach_handles", "attach_handles",
                    query: [("state", state), ("hostname", host), ("deployable_uuid", deployable)],
                    version: CloudOptions.version)
                output.show(handles, ["uuid", "hostname", "attach_type", "state", "reason", "instance_uuid"])
            }
        }
    }

    /// Shows one.
    struct Show: AsyncParsableCommand {
        static let configuration = CommandConfiguration(commandName: "show", abstract: "Show an attach handle.")

        @Argument(help: "Its id.")
        var uuid: String

        @OptionGroup var cloud: CloudOptions
        @OptionGroup var output: OutputOptions

        func run() async throws {
            try await Reporting.failures {
                output.show(
                    one: try await cloud.session().send(
                        .get, .accelerator, "/attach_handles/\(uuid.percentEncoded)", version: CloudOptions.version))
            }
        }
    }

    /// Has a handle in quarantine cleaned again.
    struct Retry: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "retry", abstract: "Have a handle in quarantine cleaned again.")

        @Argument(help: "Its id.")
        var uuid: String

        @OptionGroup var cloud: CloudOptions

        func run() async throws {
            try await Reporting.failures {
                try await cloud.session().send(
                    .post, .accelerator, "/attach_handles/\(uuid.percentEncoded)/retry", version: CloudOptions.version)
            }
        }
    }

    /// Vouches for one.
    struct Release: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "release", abstract: "Vouch for a handle in quarantine and give it out again, uncleaned.")

        @Argument(help: "Its id.")
        var uuid: String

        @OptionGroup var cloud: CloudOptions

        func run() async throws {
            try await Reporting.failures {
                try await cloud.session().send(
                    .post, .accelerator, "/attach_handles/\(uuid.percentEncoded)/release",
                    version: CloudOptions.version)
            }
        }
    }
}
