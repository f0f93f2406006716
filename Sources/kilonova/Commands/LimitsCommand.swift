import ArgumentParser
import Clients
import Console
import ControlPlane
import FoundationEssentials
import Settings

/// `kilonova limits`: what projects may have of accelerators.
struct LimitsCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "limits", abstract: "Work on the unified limits of accelerators.",
        subcommands: [List.self, Register.self])

    /// Shows what a project may have and has.
    struct List: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "list", abstract: "Show a project's limits of accelerators and what it has.",
            discussion: "-1 is unlimited.")

        @Option(help: ArgumentHelp("A project in place of one's own.", valueName: "id"))
        var project: String?

        @OptionGroup var cloud: CloudOptions
        @OptionGroup var output: OutputOptions

        func run() async throws {
            try await Reporting.failures {
                let limits = try await cloud.list("limits", query: [("project_id", project)])
                output.show(limits, ["resource", "limit", "usage"])
            }
        }
    }

    /// Registers the defaults that every project has unless it has its own.
    struct Register: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "register",
            abstract: "Register default limits of accelerators at the identity service.",
            discussion: """
                Works through Identity's API, embedded or a Keystone's, as --os-cloud, OS_CLOUD or the OS_ variables say, else as \
                the section keystone says; that user needs the role admin. Beside the drivers' own classes it knows those \
                that hosts offer, that device profiles ask for and that device_spec of the configuration names. What is \
                registered already stays, with a line that says so. Limits count \
                once accelerator.limits is 'unified'.
                """)

        @Option(help: ArgumentHelp("Configuration file.", valueName: "file"))
        var config: String?

        @Option(
            help: ArgumentHelp(
                "A limit beside the defaults or another amount, such as class:CUSTOM_X=4; -1 is unlimited.",
                valueName: "resource=amount"))
        var limit: [String] = []

        @OptionGroup var cloud: CloudOptions

        @Flag(help: "Also change what is registered with another amount.")
        var replace = false

        func run() async throws {
            try await Reporting.failures {
                let settings = try ConfigurationFile.settings(config)
                let environment = ProcessInfo.processInfo.environment
                let isNamed = (cloud.cloud ?? environment["OS_CLOUD"] ?? environment["OS_AUTH_URL"]) != nil
                let session = isNamed ? try cloud.session() : nil
                let registrar = try LimitRegistrar(
                    settings, session: try session?.identitySession(), region: session?.cloud.region,
                    authorities: session?.cloud.authorities)
                for line in try await registrar.register(limit, replacing: replace) { Reporting.say(line) }
            }
        }
    }
}
