import ArgumentParser
import ControlPlane
import FoundationEssentials
import Settings

/// `kilonova limits`: what projects may have of accelerators.
struct LimitsCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "limits", abstract: "Work on the unified limits of accelerators.", subcommands: [Register.self])

    /// Registers the defaults that every project has unless it has its own.
    struct Register: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "register",
            abstract: "Register default limits of accelerators at the identity service.",
            discussion: """
                Works through Identity's API, embedded or a Keystone's, as the user that the OS_ variables name, else as \
                the section keystone says; that user needs the role admin. Beside the drivers' own classes it knows those \
                that hosts offer, that device profiles ask for and that device_spec of the configuration names. What is \
                registered already stays, with a line that says so. Limits count \
                once accelerator.limits is 'unified'.
                """)

        @Option(help: ArgumentHelp("Configuration file.", valueName: "file"))
        var config: String?

        @Option(
            help: ArgumentHelp(
                "A limit beside the defaults or another amount, such as class:CUSTOM_X=4; -1 is none.",
                valueName: "resource=amount"))
        var limit: [String] = []

        @Flag(help: "Also change what is registered with another amount.")
        var replace = false

        func run() async throws {
            try await Reporting.failures {
                let settings = try ConfigurationFile.settings(config)
                let registrar = try LimitRegistrar(settings, environment: ProcessInfo.processInfo.environment)
                for line in try await registrar.register(limit, replacing: replace) { Reporting.say(line) }
            }
        }
    }
}
