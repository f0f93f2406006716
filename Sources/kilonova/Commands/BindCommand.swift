import ArgumentParser
import Console
import Foundation
import Model

/// The accounts for binding: the owner of what is bound, and a service that vouches for the owner, like a compute
/// service.
struct BindingAccounts: ParsableArguments {
    @OptionGroup var cloud: CloudOptions

    @Option(
        help: ArgumentHelp(
            """
            A cloud of clouds.yaml with an account that has the role service, such as a compute service's. The default is \
            kilonova-service if it exists, otherwise the owner's cloud.
            """, valueName: "name"))
    var serviceCloud: String?

    func binder() throws -> DeviceBinder {
        let usual = "kilonova-service"
        let name = serviceCloud ?? (CloudOptions.reader.has(usual) ? usual : nil)
        let owner = try cloud.session()
        return DeviceBinder(
            owner: owner, service: try name.map { try CloudSession(CloudOptions.reader.cloud($0)) } ?? owner)
    }

    /// The columns of accelerator requests.
    static let columns = ["uuid", "state", "hostname", "device_rp_uuid", "attach_handle_type", "attach_handle_info"]

    static func instance(_ text: String) throws -> InstanceID {
        guard let id = InstanceID(text) else {
            throw Fault.badRequest("'\(text)' is not a UUID, which the id of an instance must be.")
        }
        return id
    }
}

/// `kilonova bind`: claims devices and binds them, without a compute service.
struct BindCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "bind", abstract: "Claim what a device profile asks for and bind it, without a compute service.",
        discussion: """
            Claims in Placement, creates the accelerator requests, binds them, and waits until the host has prepared the \
            devices. Prints the instance and its attach handles. If a step is refused, the earlier steps are undone. The \
            devices belong to the project of --os-cloud; 'kilonova unbind' releases them.
            """)

    @Argument(help: "The device profile's name.")
    var profile: String

    @Option(help: "Use only this host.")
    var host: String?

    @Option(
        help: ArgumentHelp(
            "Id of the instance that gets the devices: an unused UUID; generated if it is not given.", valueName: "uuid"
        )
    )
    var instance: String?

    @Option(help: ArgumentHelp("How long to wait for the host; 0 means not at all.", valueName: "seconds"))
    var wait = 60

    @OptionGroup var accounts: BindingAccounts
    @OptionGroup var output: OutputOptions

    func validate() throws {
        guard (0...86_400).contains(wait) else { throw ValidationError("--wait is 0 to 86400 seconds.") }
    }

    func run() async throws {
        try await Reporting.failures {
            let holder = try instance.map { try BindingAccounts.instance($0) } ?? InstanceID(UUID())
            let requests = try await accounts.binder().bind(
                .init(profile: profile, host: host, instance: holder, patience: .seconds(wait)))
            output.show(requests, ["instance_uuid"] + BindingAccounts.columns)
        }
    }
}

/// `kilonova bindings`: shows what is bound to an instance.
struct BindingsCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "bindings", abstract: "Show what is bound to an instance.")

    @Argument(help: "The instance's id.")
    var instance: String

    @OptionGroup var accounts: BindingAccounts
    @OptionGroup var output: OutputOptions

    func run() async throws {
        try await Reporting.failures {
            let requests = try await accounts.binder().requests(of: try BindingAccounts.instance(instance))
            output.show(requests, BindingAccounts.columns)
        }
    }
}

/// `kilonova unbind`: releases what `bind` claimed.
struct UnbindCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "unbind", abstract: "Release what is bound to an instance.",
        discussion:
            "The devices are cleaned before anybody else gets them. A server of a compute service is not touched.")

    @Argument(help: "The instance's id.")
    var instance: String

    @OptionGroup var accounts: BindingAccounts

    func run() async throws {
        try await Reporting.failures {
            let count = try await accounts.binder().unbind(try BindingAccounts.instance(instance))
            Reporting.say("\(count) accelerator requests given back")
        }
    }
}
