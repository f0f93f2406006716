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
    /// How often a drive that is at work is asked; a parameter so that tests need not wait.
    let wait: @Sendable (Duration) async throws -> Void

    func erase(_ address: PCIAddress) async throws(DriverFault) -> CleaningRecord {
        let begun = time.now()
        let deadline = begun.microseconds + Int64(options.cleanupTimeout) * 1_000_000
        let before = await control.snapshot().function(at: address)
        guard let before else { throw DriverFault("The drive \(address) is not there.") }
        guard before.sriov?.enabled ?? 0 == 0 else {
            throw DriverFault("The drive \(address) has virtual functions, whose data would be erased with it.")
        }
        try await changing { () async throws(ControlFault) in try await control.bind(address, to: "nvme") }
        let drive = try await controller(at: address, until: deadline)
        let identity = try await tool.identity(drive.name)
        let plan = try ErasePlan(options, identity, isPart: before.isVirtualFunction)
        if before.isVirtualFunction { try await requireOwn(drive, address) }
        let seed = random()
        let checks = drive.namespaces.map { namespace in
            SampleCheck(
                root: root, path: "/dev/\(namespace.name)", size: namespace.size ?? 0,
                seed: seed &+ UInt64(truncatingIfNeeded: namespace.identifier), count: options.samples)
        }
        var old: [[SampleCheck.Sample]] = []
        for check in checks { old.append(try await check.read()) }
        if let action = plan.sanitizeAction {
            try await sanitize(drive.name, action, until: deadline)
        } else {
            try await format(drive, plan, identity, until: deadline)
        }
        for (check, old) in zip(checks, old) {
            let left = SampleCheck.remains(old, try await check.read(), plan.leavesNoise ? .changed : .blank)
            if let first = left.first {
                throw DriverFault(
                    "The drive \(address) reported success for '\(plan.title)' and still holds data in \(left.count) of "
                        + "\(check.places.count) samples of \(check.path), the first in block \(first).")
            }
        }
        // Whoever bound it for guests before finds it bound so again.
        if let driver = before.driver, driver != "nvme" {
            try await changing { () async throws(ControlFault) in try await control.bind(address, to: driver) }
        }
        return record(address, drive, plan, checks, old, seed, begun)
    }

    /// Throws when a virtual function shows no namespace, or one that other controllers may have too.
    func inspect(_ address: PCIAddress) async throws(DriverFault) {
        let before = await control.snapshot().function(at: address)?.driver
        try await changing { () async throws(ControlFault) in try await control.bind(address, to: "nvme") }
        let deadline = time.now().microseconds + 30_000_000
        try await requireOwn(try await controller(at: address, until: deadline), address)
        if let before, before != "nvme" {
            try await changing { () async throws(ControlFault) in try await control.bind(address, to: before) }
        }
    }

    private func requireOwn(_ drive: NVMeController, _ address: PCIAddress) async throws(DriverFault) {
        guard !drive.namespaces.isEmpty else { throw DriverFault("The virtual function \(address) has no namespace.") }
        for namespace in drive.namespaces where try await tool.isShared(namespace.name) {
            throw DriverFault(
                "The virtual function \(address) has the namespace \(namespace.identifier), which others may have too; give it "
                    + "one that is private.")
        }
    }

    private func record(
        _ address: PCIAddress, _ drive: NVMeController, _ plan: ErasePlan, _ checks: [SampleCheck],
        _ old: [[SampleCheck.Sample]], _ seed: UInt64, _ begun: Timestamp
    ) -> CleaningRecord {
        var device = ["address": address.description]
        device["serial"] = drive.serial
        device["model"] = drive.model
        device["firmware"] = drive.firmware
        device["namespaces"] = drive.namespaces.map { "\($0.identifier)" }.joined(separator: " ")
        let samples = CleaningRecord.Verification.samples(
            seed: seed, count: checks.reduce(0) { $0 + $1.places.count }, size: SampleCheck.blockSize,
            written: old.reduce(0) { $0 + $1.count { !$0.isBlank } })
        return CleaningRecord(
            device: device, methods: [plan.title],
            verification: checks.isEmpty ? .impossible("the drive has no namespace") : samples, begun: begun,
            ended: time.now())
    }

    /// The kernel makes the controller some time after the driver is bound, and a sick drive never comes up.
    private func controller(at address: PCIAddress, until deadline: Int64) async throws(DriverFault) -> NVMeController {
        while true {
            let host = await control.snapshot()
            let found = host.nvme.first { $0.address == address }
            if let found, found.state == nil || found.state == "live" {
                if let namespace = found.namespaces.first(where: { $0.size == nil }) {
                    throw DriverFault("The size of \(namespace.name) cannot be read.")
                }
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
        var length = Duration.milliseconds(100)
        while true {
            switch try await tool.sanitizeStatus(drive).state {
            case .succeeded: return
            case .failed: throw DriverFault("The sanitize operation of /dev/\(drive) failed.")
            case .never: throw DriverFault("/dev/\(drive) took the sanitize command and did nothing.")
            case .running:
                try await pause(length, until: deadline, "its sanitize operation did not end")
                length = min(length * 2, .seconds(5))
            }
        }
    }

    private func format(
        _ drive: NVMeController, _ plan: ErasePlan, _ identity: NVMeIdentity, until deadline: Int64
    ) async throws(DriverFault) {
        for namespace in drive.namespaces {
            let left = (deadline - time.now().microseconds) / 1_000_000
            guard left > 0 else { throw DriverFault("Erasing \(namespace.name) did not end in time.") }
            switch plan {
            case .formatKey: try await tool.format(namespace.name, erase: 2, timeout: .seconds(left))
            case .formatData: try await tool.format(namespace.name, erase: 1, timeout: .seconds(left))
            default: try await tool.zero(namespace.name, timeout: .seconds(left))
            }
            if plan != .zero, identity.formatTakesAllNamespaces { return }
        }
    }

    private func pause(_ length: Duration, until deadline: Int64, _ reason: String) async throws(DriverFault) {
        guard time.now().microseconds < deadline else {
            throw DriverFault("The drive was not erased within \(options.cleanupTimeout) s: \(reason).")
        }
        do { try await wait(length) } catch { throw DriverFault("The erasure was broken off.", isTransient: true) }
    }
}
