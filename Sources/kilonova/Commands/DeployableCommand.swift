import ArgumentParser
import Clients
import Console
import HTTPTypes

/// `kilonova deployable`: parts of devices that are taken out of service and put into it again.
struct DeployableCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "deployable", abstract: "Take parts of devices out of service, and return them to service.",
        discussion: "'openstack accelerator deployable list' shows them.", subcommands: [Disable.self, Enable.self])

    /// Takes one out of service.
    struct Disable: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "disable", abstract: "Stop offering a deployable; what is bound stays bound.")

        @Argument(help: "Its id.")
        var uuid: String

        @OptionGroup var cloud: CloudOptions

        func run() async throws { try await DeployableCommand.set("disable", uuid, cloud) }
    }

    /// Puts one into service again.
    struct Enable: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "enable", abstract: "Offer a deployable again.")

        @Argument(help: "Its id.")
        var uuid: String

        @OptionGroup var cloud: CloudOptions

        func run() async throws { try await DeployableCommand.set("enable", uuid, cloud) }
    }

    private static func set(_ action: String, _ uuid: String, _ cloud: CloudOptions) async throws {
        try await Reporting.failures {
            try await cloud.call(.post, "deployables", uuid, action)
        }
    }
}
