public import Host
import Model

/// Has devices divided as the configuration says: at the agent's start, which is how it lasts over reboots, and whenever it is
/// called again. What is as wished is left alone, what is in use is never touched, and what could not be done is said.
public struct Partitioner: Sendable {
    private let wishes: [PartitionWish]
    private let control: HostControl
    private let commands: any CommandRunner

    /// `commands` as `DriverOptions.commands` has them.
    public init(_ wishes: [PartitionWish], control: HostControl, commands: any CommandRunner) {
        self.wishes = wishes
        self.control = control
        self.commands = commands
    }

    /// Whether something of that host is not as wished, so that there is something to do or to say.
    public func isUnsettled(_ host: HostSnapshot) -> Bool {
        wishes.contains { host.function(at: $0.address)?.sriov?.enabled != $0.virtualFunctions }
    }

    /// One after another, in the configuration's order; one that fails holds up no other.
    public func settle() async -> [PartitionOutcome] {
        var outcomes: [PartitionOutcome] = []
        for wish in wishes {
            do {
                let changed = try await settle(wish)
                outcomes.append(PartitionOutcome(address: wish.address, failure: nil, changed: changed))
            } catch {
                outcomes.append(PartitionOutcome(address: wish.address, failure: error.text, changed: false))
            }
        }
        return outcomes
    }

    private func settle(_ wish: PartitionWish) async throws(DriverFault) -> Bool {
        let host = await control.snapshot()
        guard let function = host.function(at: wish.address) else {
            throw DriverFault("There is no PCI function \(wish.address) on this host.")
        }
        guard let sriov = function.sriov else {
            throw DriverFault("\(wish.address) can have no virtual functions.")
        }
        guard sriov.enabled != wish.virtualFunctions else { return false }
        if wish.virtualFunctions > 0, let driver = wish.driver, function.driver != driver {
            guard function.driver == nil || function.driver == "vfio-pci" || sriov.enabled == 0 else {
                throw DriverFault("\(wish.address) is run by '\(function.driver ?? "")' and has virtual functions.")
            }
            try await changing { () async throws(ControlFault) in try await control.bind(wish.address, to: driver) }
        }
        let drive = host.nvme.first { $0.address == wish.address }
        if let drive, wish.virtualFunctions > 0 {
            // A driver that is bound to a controller before it is online fails, and leaves it so.
            try await changing { () async throws(ControlFault) in
                try await control.write("0", to: "\(function.path)/sriov_drivers_autoprobe")
            }
            try await assign(wish, drive.name)
        }
        try await changing { () async throws(ControlFault) in
            try await control.setVirtualFunctions(wish.virtualFunctions, of: wish.address)
        }
        if let drive, wish.virtualFunctions > 0 {
            for controller in 1...wish.virtualFunctions { try await manage(drive.name, controller, action: 9) }
        }
        return true
    }

    /// Gives each virtual controller its queues and interrupts; it must be offline for that. Their numbers run from 1, in the
    /// order of the functions.
    private func assign(_ wish: PartitionWish, _ drive: String) async throws(DriverFault) {
        for controller in 1...wish.virtualFunctions {
            try await manage(drive, controller, action: 7)
            try await manage(drive, controller, resource: 0, number: wish.queues, action: 8)
            try await manage(drive, controller, resource: 1, number: wish.interrupts, action: 8)
        }
    }

    /// Actions by the specification: 7 takes a controller offline, 8 assigns, 9 brings it online. Resources: 0 queues, 1
    /// interrupts.
    private func manage(
        _ drive: String, _ controller: Int, resource: Int = 0, number: Int = 0, action: Int
    ) async throws(DriverFault) {
        let command = Command(
            "nvme",
            [
                "virt-mgmt", "/dev/\(drive)", "--cntlid=\(controller)", "--rt=\(resource)", "--nr=\(number)",
                "--act=\(action)",
            ])
        let result: CommandResult
        do { result = try await commands.run(command) } catch { throw DriverFault("\(error).") }
        guard result.status == 0 else { throw DriverFault("'\(command.text)' failed: \(result.complaint)") }
    }
}
