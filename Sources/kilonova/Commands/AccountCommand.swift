import ArgumentParser
import ControlPlane
import FoundationEssentials
import Model
import Settings

/// `kilonova account`: restores access when nobody can sign in.
struct AccountCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "account",
        abstract: "Restore access to accounts of the embedded identity service.",
        discussion: """
            These commands work on the database directly, so they need the configuration of `kilonova server`, or the data \
            folder of `kilonova dev`. Running servers apply the change at once.
            """,
        subcommands: [Locks.self, Unlock.self, ResetPassword.self])

    /// Where the database is.
    struct Place: ParsableArguments {
        @Option(help: ArgumentHelp("Configuration file.", valueName: "file"))
        var config: String?

        @Option(help: ArgumentHelp("The data folder of `kilonova dev`.", valueName: "folder"))
        var dataDir: String?

        func settings() throws -> Settings {
            try Settings(
                file: try ConfigurationFile.read(config), environment: ProcessInfo.processInfo.environment,
                overrides: dataDir.map(DevelopmentCloud.overrides(ofDataFolder:)) ?? [:])
        }

        func replica() throws -> Replica {
            let settings = try settings()
            return Replica(settings, logger: Reporting.logger(settings.log))
        }
    }

    struct Locks: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "locks",
            abstract:
                "List the accounts that are locked or delayed because of wrong passwords, and for which addresses.")

        @OptionGroup var place: Place

        func run() async throws {
            try await Reporting.failures {
                let lines = try await place.replica().accountLocks()
                if lines.isEmpty { Reporting.say("no account is locked") }
                for line in lines { Reporting.say(line) }
            }
        }
    }

    struct Unlock: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "unlock", abstract: "Reset the count of a user's wrong passwords, for all addresses.")

        @Argument(help: "The user's name.")
        var user: String

        @Option(help: ArgumentHelp("Name or id of the user's domain.", valueName: "domain"))
        var domain = "default"

        @OptionGroup var place: Place

        func run() async throws {
            try await Reporting.failures {
                let count = try await place.replica().unlockAccount(user, domain: domain)
                Reporting.say("user \(user): wrong passwords from \(count) addresses forgotten")
            }
        }
    }

    struct ResetPassword: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "reset-password", abstract: "Set a user's password.",
            discussion: "Enables the user, removes its locks and invalidates its tokens. Roles are not changed.")

        @Argument(help: "The user's name.")
        var user: String

        @Option(help: ArgumentHelp("File with the new password.", valueName: "file"))
        var passwordFile: String

        @Option(help: ArgumentHelp("Name or id of the user's domain.", valueName: "domain"))
        var domain = "default"

        @OptionGroup var place: Place

        func run() async throws {
            try await Reporting.failures {
                let password = try DiskSecretFiles().secret(at: passwordFile)
                let lines = try await place.replica().resetPassword(of: user, domain: domain, to: password)
                for line in lines { Reporting.say(line) }
            }
        }
    }
}
