import ArgumentParser
import Clients
import Console
import ControlPlane
import FoundationEssentials
import Settings

/// `kilonova limits`: shows and registers projects' limits of accelerators.
struct LimitsCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "limits", abstract: "Show and register the unified limits of accelerators.",
        subcommands: [List.self, Register.self])

    /// Shows a project's limits and usage.
    struct List: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "list", abstract: "Show a project's limits of accelerators and its usage.",
            discussion: "A limit of -1 means unlimited.")

        @Option(help: ArgumentHelp("A project other than the caller's.", valueName: "id"))
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

    /// Registers the defaults for projects without limits of their own.
    struct Register: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "register",
            abstract: "Register default limits of accelerators with the identity service.",
            discussion: """
                Uses Identity's API, embedded or a Keystone's, with the account that --os-cloud, OS_CLOUD or the OS_ variables \
                name, otherwise with that of the section keystone. The account needs the role admin. The command covers the \
                drivers' own classes, those that hosts offer and device profiles request, and those that device_spec of the \
                configuration names. It keeps limits that are already registered, and reports that. Limits apply once \
                accelerator.limits is 'unified'.
                """)

        @Option(help: ArgumentHelp("Configuration file.", valueName: "file"))
        var config: String?

        @Option(
            help: ArgumentHelp(
                "An additional limit, or an amount other than the default, such as class:CUSTOM_X=4; -1 means unlimited.",
                valueName: "resource=amount"))
        var limit: [String] = []

        @OptionGroup var cloud: CloudOptions

        @Flag(help: "Also change limits that are registered with a different amount.")
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
