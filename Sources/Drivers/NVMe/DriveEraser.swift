import Host
import Model

/// Erases one whole drive and proves it. Begins anew or goes on wherever an earlier attempt was broken off.
///
///     (guest's driver) ─▶ bind nvme ─▶ sample ─▶ sanitize, format or zero ─▶ sample ─▶ record ─▶ (guest's driver)
///                                                        └── anything left: fault, and the drive is quarantined
struct DriveEraser: Sendable {
    let options: NVMeOptions
    let root: SysfsRoot
    let control: HostControl
    let tool: NVMeTool
    let time: TimeSource
    let random: @Sendable () -> UInt64
    /// Waits between two queries of a drive that is working; a parameter, so that tests need not wait.
    let wait: @Sendable (Duration) async throws -> Void

    private var doors: DriveDoors { DriveDoors(control: control, tool: tool, wait: wait) }
    private var namespaces: DriveNamespaces { DriveNamespaces(control: control, tool: tool, wait: wait) }

    /// - Parameter unit: the functions that lead to the drive; more than one where it has several controllers
    func erase(_ unit: [PCIAddress]) async throws(DriverFault) -> CleaningRecord {
        let begun = time.now()
        let deadline = begun.microseconds + Int64(options.cleanupTimeout) * 1_000_000
        let (drives, before) = try await take(unit, until: deadline)
        guard let address = unit.first, let drive = drives.first else { throw DriverFault("The unit has no function.") }
        let isPart = before.contains { $0.isVirtualFunction }
        let identity = try await tool.identity(drive.name)
        let plan = try ErasePlan(options, identity, isPart: isPart)
        let hold = DriveHold(root)
        if isPart {
            try await requireOwn(drive, address)
        } else {
            try await doors.requireAlone(unit, drives, identity)
        }
        try await keepFromHost(unit, hold)
        let found = try await namespaces.gather(unit, drives, identity, isPart: isPart)
        try await hold.claim(DriveHold.names(of: unit, on: await control.snapshot()).disks)
        let seed = random()
        let checks = found.spaces.compactMap { space in
            space.name.map {
                SampleCheck(
                    root: root, path: "/dev/\($0)", size: space.size, seed: seed &+ UInt64(space.number),
                    count: options.samples)
            }
        }
        var old: [[SampleCheck.Sample]] = []
        for check in checks { old.append(try await check.read()) }
        if let action = plan.sanitizeAction {
            try await sanitize(drive.name, action, until: deadline)
        } else {
            try await format(found.spaces, drive.name, plan, identity, hold, until: deadline)
        }
        for (check, old) in zip(checks, old) {
            let left = SampleCheck.remains(old, try await check.read(), plan.leavesNoise ? .changed : .blank)
            if let first = left.first {
                throw DriverFault(
                    "The drive \(address) reported success for '\(plan.title)' and still holds data in \(left.count) of "
                        + "\(check.places.count) samples of \(check.path), the first in block \(first).")
            }
        }
        var notes = found.notes
        notes += try await rest(found.spaces, address, drive, plan, identity)
        // Whoever bound it for guests before finds it bound so again.
        withExtendedLifetime(hold) { hold.releaseAll() }
        try await giveBack(before)
        return record(address, drive, [plan.title] + notes, found.spaces, checks, old, seed, begun)
    }

    /// Makes sure that a drive can be given to a tenant: nobody else has it, the host does not use it, and it can be
    /// erased afterwards as configured.
    func inspect(_ unit: [PCIAddress]) async throws(DriverFault) {
        let deadline = time.now().microseconds + 30_000_000
        let (drives, before) = try await take(unit, until: deadline)
        do throws(DriverFault) {
            try await look(unit, drives, before)
        } catch {
            try? await giveBack(before)
            throw error
        }
        try await giveBack(before)
    }

    private func look(
        _ unit: [PCIAddress], _ drives: [NVMeController], _ before: [PCIFunction]
    ) async throws(DriverFault) {
        guard let address = unit.first, let drive = drives.first else { return }
        let isPart = before.contains { $0.isVirtualFunction }
        let identity = try await tool.identity(drive.name)
        _ = try ErasePlan(options, identity, isPart: isPart)
        if isPart {
            try await requireOwn(drive, address)
        } else {
            try await doors.requireAlone(unit, drives, identity)
        }
        let hold = DriveHold(root)
        try await keepFromHost(unit, hold)
        withExtendedLifetime(hold) { hold.releaseAll() }
    }

    /// Binds the functions to the kernel's driver and waits for their controllers. Also returns the functions as they
    /// were before.
    private func take(
        _ unit: [PCIAddress], until deadline: Int64
    ) async throws(DriverFault) -> (drives: [NVMeController], before: [PCIFunction]) {
        let host = await control.snapshot()
        var before: [PCIFunction] = []
        for address in unit {
            guard let function = host.function(at: address) else {
                throw DriverFault("The drive \(address) is not there.")
            }
            guard function.sriov?.enabled ?? 0 == 0 else {
                throw DriverFault("The drive \(address) has virtual functions, whose data would be erased with it.")
            }
            before.append(function)
        }
        for address in unit {
            try await changing { () async throws(ControlFault) in try await control.bind(address, to: "nvme") }
        }
        var drives: [NVMeController] = []
        for address in unit { drives.append(try await controller(at: address, until: deadline)) }
        return (drives, before)
    }

    private func giveBack(_ before: [PCIFunction]) async throws(DriverFault) {
        for function in before {
            guard let driver = function.driver, driver != "nvme" else { continue }
            try await changing { () async throws(ControlFault) in
                try await control.bind(function.address, to: driver)
            }
        }
    }

    private func keepFromHost(_ unit: [PCIAddress], _ hold: DriveHold) async throws(DriverFault) {
        let names = DriveHold.names(of: unit, on: await control.snapshot())
        try await doors.requireUnopened(names.all)
        try await hold.claim(names.disks)
    }

    private func requireOwn(_ drive: NVMeController, _ address: PCIAddress) async throws(DriverFault) {
        let numbers = try await tool.attached(drive.name)
        guard !numbers.isEmpty else { throw DriverFault("The virtual function \(address) has no namespace.") }
        for number in numbers where try await tool.namespace(number, of: drive.name).mayBeShared {
            throw DriverFault(
                "The virtual function \(address) has the namespace \(number), which others may have too; give it "
                    + "one that is private.")
        }
    }

    /// What was not erased or not read back, for the record. Throws if nothing is left that a tenant could use.
    private func rest(
        _ spaces: [DriveNamespaces.Space], _ address: PCIAddress, _ drive: NVMeController, _ plan: ErasePlan,
        _ identity: NVMeIdentity
    ) async throws(DriverFault) -> [String] {
        let now = try await namespaces.shown(spaces.map(\.number), address, drive, isNew: false)
        if let empty = now.first(where: { $0.name != nil && $0.size == 0 }) {
            throw DriverFault(
                "Namespace \(empty.number) of the drive \(address) was erased and shows no blocks: nothing of it could be read back, and "
                    + "nobody could use it. Give it a size (nvme delete-ns, create-ns), or replace the drive.")
        }
        var notes: [String] = []
        let hidden = spaces.filter { $0.name == nil }.map { "\($0.number)" }
        if !hidden.isEmpty {
            notes.append("namespace \(hidden.joined(separator: " ")) shows no block device and was not read back")
        }
        if plan.sanitizeAction == nil, identity.managesNamespaces {
            let unallocated = try await tool.identity(drive.name).unallocated
            if unallocated > 0 { notes.append("\(unallocated) bytes that belong to no namespace were not reached") }
        }
        return notes
    }

    private func record(
        _ address: PCIAddress, _ drive: NVMeController, _ methods: [String], _ spaces: [DriveNamespaces.Space],
        _ checks: [SampleCheck], _ old: [[SampleCheck.Sample]], _ seed: UInt64, _ begun: Timestamp
    ) -> CleaningRecord {
        var device = ["address": address.description]
        device.merge(drive.facts) { _, own in own }
        device["namespaces"] = spaces.map { "\($0.number)" }.joined(separator: " ")
        let count = checks.reduce(0) { $0 + $1.places.count }
        let samples = CleaningRecord.Verification.samples(
            seed: seed, count: count, size: SampleCheck.blockSize,
            written: old.reduce(0) { $0 + $1.count { !$0.isBlank } })
        return CleaningRecord(
            device: device, methods: methods,
            verification: count == 0 ? .impossible("the drive shows no block device to read") : samples, begun: begun,
            ended: time.now())
    }

    /// Waits for the controller, which the kernel makes some time after the driver is bound. For a failing drive it
    /// never appears.
    private func controller(at address: PCIAddress, until deadline: Int64) async throws(DriverFault) -> NVMeController {
        while true {
            let host = await control.snapshot()
            let found = host.nvme.first { $0.address == address }
            if let found, found.state == nil || found.state == "live" {
                return found
            }
            if found?.state == "dead" { throw DriverFault("The controller of \(address) is dead.") }
            try await pause(.milliseconds(200), until: deadline, "its controller did not come up")
        }
    }

    private func sanitize(_ drive: String, _ action: Int, until deadline: Int64) async throws(DriverFault) {
        switch try await tool.sanitizeStatus(drive).state {
        case .running: break
        case .failed:
            try await tool.sanitize(drive, action: 1)
            try await tool.sanitize(drive, action: action)
        case .never, .succeeded: try await tool.sanitize(drive, action: action)
        }
        let delay = ExponentialDelay(first: .milliseconds(100), longest: .seconds(5))
        var looks = 0
        while true {
            switch try await tool.sanitizeStatus(drive).state {
            case .succeeded: return
            case .failed: throw DriverFault("The sanitize operation of /dev/\(drive) failed.")
            case .never: throw DriverFault("/dev/\(drive) accepted the sanitize command and did not start it.")
            case .running:
                try await pause(delay.doubled(looks), until: deadline, "its sanitize operation did not end")
                looks += 1
            }
        }
    }

    private func format(
        _ spaces: [DriveNamespaces.Space], _ drive: String, _ plan: ErasePlan, _ identity: NVMeIdentity,
        _ hold: DriveHold,
        until deadline: Int64
    ) async throws(DriverFault) {
        for space in spaces {
            let left = (deadline - time.now().microseconds) / 1_000_000
            guard left > 0 else { throw DriverFault("Erasing namespace \(space.number) did not end in time.") }
            guard plan != .zero else {
                guard let name = space.name else {
                    throw DriverFault(
                        "Namespace \(space.number) of /dev/\(drive) shows no block device, and so zeros cannot be written over it; set "
                            + "clear_action to auto, sanitize or format.")
                }
                hold.release(name)
                try await tool.zero(name, timeout: .seconds(left))
                try await hold.claim([name])
                continue
            }
            let namespace = try await tool.namespace(space.number, of: drive)
            try await tool.format(
                space.number, of: drive, erase: plan == .formatKey ? 2 : 1, format: namespace.keptFormat,
                timeout: .seconds(left))
            if identity.formatTakesAllNamespaces { return }
        }
    }

    private func pause(_ length: Duration, until deadline: Int64, _ reason: String) async throws(DriverFault) {
        guard time.now().microseconds < deadline else {
            throw DriverFault("The drive was not erased within \(options.cleanupTimeout) s: \(reason).")
        }
        do { try await wait(length) } catch { throw DriverFault("The erasure was interrupted.", isTransient: true) }
    }
}
