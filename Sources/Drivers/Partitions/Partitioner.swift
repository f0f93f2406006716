public import Host
import Model

/// Divides devices as configured. It runs at the agent's start, so that the division lasts over reboots, and at each
/// further call. It leaves alone what is as wished, never changes what is in use, and reports what could not be done.
public struct Partitioner: Sendable {
    private let wishes: [PartitionWish]
    private let mdevs: [MdevPartition]
    private let control: HostControl
    private let commands: any CommandRunner
    /// Whether these are all shares, so that spares of other shares are removed.
    private let isWhole: Bool

    /// - Parameter commands: as in `DriverOptions.commands`
    public init(
        _ wishes: [PartitionWish], mdevs: [MdevPartition] = [], control: HostControl, commands: any CommandRunner
    ) {
        self.init(wishes, mdevs: mdevs, control: control, commands: commands, isWhole: true)
    }

    init(
        _ wishes: [PartitionWish], mdevs: [MdevPartition], control: HostControl, commands: any CommandRunner,
        isWhole: Bool
    ) {
        self.isWhole = isWhole
        self.wishes = wishes
        self.mdevs = mdevs
        self.control = control
        self.commands = commands
    }

    /// Whether something on that host is not as wished, so that `settle` has something to do or to report. The
    /// resources of a drive's virtual controllers are not in the snapshot; `settle` asks the drive.
    public func isUnsettled(_ host: HostSnapshot) -> Bool {
        wishes.contains { host.function(at: $0.address)?.sriov?.enabled != $0.virtualFunctions }
            || mdevs.contains { wish in
                let parent = host.mdevParents.first { $0.name == wish.parent }
                return parent?.types.first { $0.name == wish.type }?.devices.count != wish.devices
            } || !abandoned(on: host).isEmpty
    }

    /// Divides the devices one after another, in the configuration's order. A failure does not stop the others.
    ///
    /// - Parameter held: the functions that the control plane reports as held; nil while it is unknown, and then no
    ///   function is divided
    public func settle(held: FunctionHoldings? = FunctionHoldings()) async -> [PartitionOutcome] {
        var outcomes: [PartitionOutcome] = []
        for wish in wishes {
            do {
                let changed = try await settle(wish, held)
                outcomes.append(PartitionOutcome(address: wish.address, failure: nil, changed: changed))
            } catch {
                outcomes.append(PartitionOutcome(address: wish.address, failure: error.text, changed: false))
            }
        }
        // Virtual functions may be parents: they come first. What nobody wants any more makes room for what is wanted.
        if isWhole {
            for (share, spares) in abandoned(on: await control.snapshot()) {
                var outcome = PartitionOutcome(subject: "\(share.parent) \(share.type)", failure: nil, changed: false)
                do throws(DriverFault) {
                    for name in spares {
                        try await changing { () async throws(ControlFault) in try await control.removeMdev(name) }
                        outcome.changed = true
                    }
                } catch {
                    outcome.failure = error.text
                }
                outcomes.append(outcome)
            }
        }
        for wish in mdevs {
            var outcome = PartitionOutcome(subject: "\(wish.parent) \(wish.type)", failure: nil, changed: false)
            do { try await settle(wish, held, &outcome.changed) } catch { outcome.failure = error.text }
            outcomes.append(outcome)
        }
        return outcomes
    }

    private static var unknown: DriverFault {
        DriverFault(
            "The control plane has not said yet who holds what of this host; it is divided when that is known.",
            isTransient: true)
    }

    // MARK: Virtual functions

    private func settle(_ wish: PartitionWish, _ held: FunctionHoldings?) async throws(DriverFault) -> Bool {
        let host = await control.snapshot()
        guard let function = host.function(at: wish.address) else {
            throw DriverFault("There is no PCI function \(wish.address) on this host.")
        }
        guard let sriov = function.sriov else {
            throw DriverFault("\(wish.address) can have no virtual functions.")
        }
        let drive = host.nvme.first { $0.address == wish.address }
        var controllers = drive.map { VirtualControllers(drive: $0.name, wish: wish, commands: commands) }
        guard sriov.enabled != wish.virtualFunctions else {
            guard let controllers, wish.virtualFunctions > 0, let held else { return false }
            // An agent that died in between, or another hand, may have left them without what they need.
            let holders = HeldFunctions(host, told: held.all)
            return try await controllers.complete { number in
                sriov.functions.indices.contains(number - 1) && holders.sign(of: sriov.functions[number - 1]) != nil
            }
        }
        guard wish.virtualFunctions <= sriov.total else {
            throw DriverFault(
                "\(wish.address) can have at most \(sriov.total) virtual functions; \(wish.virtualFunctions) are configured."
            )
        }
        guard let held else { throw Self.unknown }
        if let objection = HeldFunctions(host, told: held.all).objection(toDividing: wish.address) {
            throw DriverFault("\(wish.address) \(objection).", isTransient: true)
        }
        if wish.virtualFunctions > 0, let driver = wish.driver, function.driver != driver {
            guard function.driver == nil || sriov.enabled == 0 else {
                throw DriverFault("\(wish.address) is run by '\(function.driver ?? "")' and has virtual functions.")
            }
            try await changing { () async throws(ControlFault) in try await control.bind(wish.address, to: driver) }
            // It has another name after each binding.
            let now = await control.snapshot().nvme.first { $0.address == wish.address }
            controllers = now.map { VirtualControllers(drive: $0.name, wish: wish, commands: commands) }
        }
        if let controllers, wish.virtualFunctions > 0 {
            // A driver that is bound to a controller before it is online fails, and leaves it so.
            try await changing { () async throws(ControlFault) in
                try await control.write("0", to: "\(function.path)/sriov_drivers_autoprobe")
            }
            for number in 1...wish.virtualFunctions { try await controllers.assign(number) }
        }
        try await changing { () async throws(ControlFault) in
            try await control.setVirtualFunctions(wish.virtualFunctions, of: wish.address, held: held.all)
        }
        if let controllers, wish.virtualFunctions > 0 {
            for number in 1...wish.virtualFunctions { try await controllers.bringOnline(number) }
            try await controllers.verify()
        }
        return true
    }

    // MARK: Mediated devices

    /// Spares of shares that are no longer configured.
    private func abandoned(on host: HostSnapshot) -> [(share: MdevPartition, spares: [String])] {
        guard isWhole else { return [] }
        var abandoned: [(share: MdevPartition, spares: [String])] = []
        for parent in host.mdevParents {
            for type in parent.types where !mdevs.contains(where: { $0.isOf(type.name, on: parent.name) }) {
                guard type.devices.contains(where: MdevPartition.mayBeSpare) else { continue }
                let share = MdevPartition(parent: parent.name, type: type.name, devices: 0)
                let spares = share.spares.filter(type.devices.contains)
                if !spares.isEmpty { abandoned.append((share, spares)) }
            }
        }
        return abandoned
    }

    private func settle(
        _ wish: MdevPartition, _ held: FunctionHoldings?, _ changed: inout Bool
    ) async throws(DriverFault) {
        guard let parent = await control.snapshot().mdevParents.first(where: { $0.name == wish.parent }) else {
            throw DriverFault("\(wish.parent) offers no mediated devices.")
        }
        guard let type = parent.types.first(where: { $0.name == wish.type }) else {
            throw DriverFault(
                "\(wish.parent) offers no type \(wish.type); it has \(parent.types.map(\.name).joined(separator: ", "))."
            )
        }
        if type.devices.count < wish.devices, let address = parent.address {
            guard let held else { throw Self.unknown }
            if held.whole.contains(address) {
                throw DriverFault(
                    "\(wish.parent) is not divided, because the control plane reports that all of it is held.",
                    isTransient: true)
            }
        }
        let there = Set(type.devices)
        var count = there.count
        if count < wish.devices {
            for name in wish.spares where count < wish.devices && !there.contains(name) {
                do throws(ControlFault) {
                    try await control.createMdev(name, type: wish.type, on: wish.parent)
                } catch {
                    throw DriverFault(
                        "\(wish.parent) has \(count) of \(wish.devices) devices of type \(wish.type): \(error)")
                }
                changed = true
                count += 1
            }
        } else if count > wish.devices {
            for name in wish.spares where count > wish.devices && there.contains(name) {
                try await changing { () async throws(ControlFault) in try await control.removeMdev(name) }
                changed = true
                count -= 1
            }
            guard count == wish.devices else {
                throw DriverFault(
                    "\(wish.parent) keeps \(count) devices of type \(wish.type), for they are in use; \(wish.devices) are "
                        + "configured.")
            }
        }
    }
}
