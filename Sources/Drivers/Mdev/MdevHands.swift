import Host
import Model

/// Makes and removes the mediated device of a handle.
///
/// sysfs forgets mediated devices at a reboot. If `mdevctl` is installed, each device is defined there with automatic
/// start. The definition is removed before the device, so that after a crash in between no device comes back.
struct MdevHands: Sendable {
    private let options: MdevOptions
    private let control: HostControl
    private let commands: any CommandRunner
    private let time: TimeSource

    init(_ options: DriverOptions) {
        self.options = options.mdev
        control = options.control
        commands = options.commands
        time = options.time
    }

    func make(_ order: HandleOrder) async throws(DriverFault) {
        let (parent, type) = try Self.place(of: order)
        let name = order.handle.description
        try await makeWay(for: name, type, parent)
        guard options.creator == .agent else { return }
        try await changing { () async throws(ControlFault) in
            try await control.createMdev(name, type: type, on: parent)
        }
        guard options.persists else { return }
        let definition = ["define", "--auto", "--uuid", name, "--parent", parent, "--type", type]
        // Without the program, the device lasts until the next reboot.
        guard let result = try await tell(definition), result.status != 0 else { return }
        // "Already defined" says nothing about the parent and the type, and another one would come up at the next boot.
        _ = try await tell(["undefine", "--uuid", name])
        _ = try await tell(definition)
    }

    func remove(_ order: HandleOrder) async throws(DriverFault) {
        let name = order.handle.description
        if options.persists { _ = try await tell(["undefine", "--uuid", name]) }
        try await changing { () async throws(ControlFault) in try await control.removeMdev(name) }
        await fill(order)
    }

    /// Removes a spare of the type's share, so that there is room for the handle's device.
    private func makeWay(for name: String, _ type: String, _ parent: String) async throws(DriverFault) {
        guard let share = options.partitions.first(where: { $0.isOf(type, on: parent) }) else { return }
        let host = await control.snapshot()
        let made = host.mdevParents.first { $0.name == parent }?.types.first { $0.name == type }?.devices ?? []
        // Below its number there is room already: done twice, it takes one spare.
        guard !made.contains(name), made.count >= share.devices, let spare = share.spares.first(where: made.contains)
        else { return }
        try await changing { () async throws(ControlFault) in try await control.removeMdev(spare) }
    }

    /// Makes the spares of the share again, before another type uses the room. What is not possible now, the agent does
    /// at its next look.
    private func fill(_ order: HandleOrder) async {
        guard let (parent, type) = try? Self.place(of: order),
            let share = options.partitions.first(where: { $0.isOf(type, on: parent) })
        else { return }
        _ = await Partitioner([], mdevs: [share], control: control, commands: commands, isWhole: false).settle()
    }

    /// Removes the device, whoever made it. Its memory on the parent is cleared by the parent's driver.
    func clean(_ order: HandleOrder) async throws(DriverFault) -> CleaningRecord {
        let begun = time.now()
        let (parent, type) = try Self.place(of: order)
        guard await control.snapshot().mdevParents.contains(where: { $0.name == parent }) else {
            throw DriverFault("\(parent) offers no mediated devices any more, so it is unknown which devices it has.")
        }
        try await remove(order)
        return CleaningRecord(
            device: ["parent": parent, "type": type, "uuid": order.handle.description],
            methods: ["mediated device removed"],
            verification: .impossible("memory of the parent cannot be read from the host; its driver clears it"),
            begun: begun, ended: time.now())
    }

    /// A parent that is not a PCI function counts as well as long as it offers types.
    func examine(_ order: HandleOrder) async throws(DriverFault) -> DeviceHealth {
        let (parent, _) = try Self.place(of: order)
        guard await control.snapshot().mdevParents.contains(where: { $0.name == parent }) else {
            return DeviceHealth(.sick, reason: "it offers no mediated devices any more")
        }
        guard order.address != nil else { return DeviceHealth(.well, evidence: ["parent": parent]) }
        return try await FunctionHealth(control: control).examine(order)
    }

    private func tell(_ arguments: [String]) async throws(DriverFault) -> CommandResult? {
        do {
            return try await commands.run(Command("mdevctl", arguments, timeout: .seconds(15)))
        } catch {
            if case .missing = error { return nil }
            throw DriverFault("\(error).", isTransient: true)
        }
    }

    private static func place(of order: HandleOrder) throws(DriverFault) -> (parent: String, type: String) {
        guard case .mdev(let device) = order.attachment.target, !device.type.contains("/"),
            !device.parent.description.contains("/")
        else { throw DriverFault("The handle \(order.handle) names no parent and type of a mediated device.") }
        return (device.parent.description, device.type)
    }
}
