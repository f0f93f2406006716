import ArgumentParser
import Clients
import Console
import HTTPTypes
import Model

extension HostCommand {
    /// Lists the hosts that the control plane knows.
    struct List: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "list", abstract: "List the cloud's hosts and the state of their agents.")

        @OptionGroup var cloud: CloudOptions
        @OptionGroup var output: OutputOptions

        func run() async throws {
            try await Reporting.failures {
                let hosts = try await cloud.list("hosts")
                output.show(hosts, ["host", "status", "state", "devices", "last_seen_at", "agent_version"])
            }
        }
    }

    /// Shows one with its drivers and conditions.
    struct Show: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "show",
            abstract: "Show a host of the cloud: its drivers, and the conditions that report problems.")

        @Argument(help: "The host's name.")
        var host: String

        @OptionGroup var cloud: CloudOptions
        @OptionGroup var output: OutputOptions

        func run() async throws {
            try await Reporting.failures {
                output.show(one: try await cloud.call(.get, "hosts", host))
            }
        }
    }

    /// Removes a host that has left.
    struct Delete: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "delete", abstract: "Remove a host that has left: its devices and all other records of it.",
            discussion: "If something of the host is still held, nothing is removed, and the reasons are listed.")

        @Argument(help: "The host's name.")
        var host: String

        @Flag(help: "Only show what would be removed, and what prevents it.")
        var dryRun = false

        @OptionGroup var cloud: CloudOptions
        @OptionGroup var output: OutputOptions

        func run() async throws {
            try await Reporting.failures {
                output.show(
                    one: try await cloud.call(
                        .delete, "hosts", host, query: dryRun ? "?dry_run=true" : "", version: Microversion(2, 5)))
            }
        }
    }

    /// Stops new work on a host.
    struct Disable: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "disable", abstract: "Stop placing new work on a host; what is bound stays bound.")

        @Argument(help: "The host's name.")
        var host: String

        @Option(help: "The reason, for other operators.")
        var reason: String

        @OptionGroup var cloud: CloudOptions

        func run() async throws {
            try await Reporting.failures {
                try await cloud.call(
                    .post, "hosts", host, "disable", body: .object([.init("reason", .text(reason))]))
            }
        }
    }

    /// Allows new work on a host again.
    struct Enable: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "enable", abstract: "Allow new work on a host again.")

        @Argument(help: "The host's name.")
        var host: String

        @OptionGroup var cloud: CloudOptions

        func run() async throws {
            try await Reporting.failures {
                try await cloud.call(.post, "hosts", host, "enable")
            }
        }
    }
}
