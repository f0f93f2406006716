import ArgumentParser
import Clients
import Console
import HTTPTypes
import Model

/// `kilonova certificate`: proofs that devices were cleaned.
struct CertificateCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "certificate", abstract: "Show and export sanitisation certificates.",
        discussion: "'kilonova verify certificate' checks what 'export' and 'keys' print.",
        subcommands: [List.self, Show.self, Export.self, Keys.self])

    /// Selects certificates.
    struct Choice: ParsableArguments {
        @Option(help: "Only certificates of this host.")
        var host: String?

        @Option(help: ArgumentHelp("Only certificates of this device.", valueName: "uuid"))
        var device: String?

        @Option(help: ArgumentHelp("Only certificates of this attach handle.", valueName: "uuid"))
        var handle: String?

        func certificates(_ cloud: CloudOptions) async throws -> [JSONValue] {
            try await cloud.list(
                "sanitisation_certificates",
                query: [("hostname", host), ("device_uuid", device), ("attach_handle_uuid", handle)])
        }
    }

    /// Lists them.
    struct List: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "list", abstract: "List sanitisation certificates, oldest first.")

        @OptionGroup var choice: Choice
        @OptionGroup var cloud: CloudOptions
        @OptionGroup var output: OutputOptions

        func run() async throws {
            try await Reporting.failures {
                output.show(
                    try await choice.certificates(cloud),
                    ["uuid", "hostname", "number", "result", "device_uuid", "issued_at"])
            }
        }
    }

    /// Shows one.
    struct Show: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "show", abstract: "Show a sanitisation certificate.")

        @Argument(help: "Its id.")
        var uuid: String

        @OptionGroup var cloud: CloudOptions
        @OptionGroup var output: OutputOptions

        func run() async throws {
            try await Reporting.failures {
                output.show(one: try await cloud.call(.get, "sanitisation_certificates", uuid))
            }
        }
    }

    /// Prints complete certificates.
    struct Export: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "export", abstract: "Print complete certificates as JSON, to be checked elsewhere.")

        @OptionGroup var choice: Choice
        @OptionGroup var cloud: CloudOptions

        func run() async throws {
            try await Reporting.failures {
                let certificates = try await choice.certificates(cloud)
                Reporting.say(
                    whole: JSONValue.object([.init("sanitisation_certificates", .array(certificates))]).printed)
            }
        }
    }

    /// Prints the keys.
    struct Keys: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "keys", abstract: "Print the keys that certificates are signed with, as JSON.")

        @OptionGroup var cloud: CloudOptions

        func run() async throws {
            try await Reporting.failures {
                let keys = try await cloud.call(.get, "sanitisation_keys")
                Reporting.say(whole: keys.printed)
            }
        }
    }
}
