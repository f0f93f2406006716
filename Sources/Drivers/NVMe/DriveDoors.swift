import Host
import Model

/// Makes sure that only the holder of one unit can reach a drive: no other function, no other host, no process of this
/// host.
struct DriveDoors: Sendable {
    let control: HostControl
    let tool: NVMeTool
    let wait: @Sendable (Duration) async throws -> Void

    /// Throws if anything other than the functions of `unit` leads to the drive. The functions are already bound to the
    /// kernel's driver.
    func requireAlone(
        _ unit: [PCIAddress], _ drives: [NVMeController], _ identity: NVMeIdentity
    ) async throws(DriverFault) {
        let host = await control.snapshot()
        guard let address = unit.first, let drive = drives.first else { return }
        if let reason = host.media.objection(to: address, in: Set(unit)) { throw DriverFault("\(address): \(reason).") }
        for other in unit.dropFirst() where !host.media.others(of: address).contains(other) {
            throw DriverFault("\(address) and \(other) are bound as one unit and are not one drive.")
        }
        guard identity.managesNamespaces else {
            try await requireUnshared(drive, address, identity, unit.count)
            return
        }
        var own = Set([identity.controller])
        for drive in drives { own.insert(drive.controllerID ?? identity.controller) }
        for number in try await tool.allocated(drive.name) {
            let strangers = try await tool.controllers(having: number, of: drive.name).filter { !own.contains($0) }
            guard let stranger = strangers.first else { continue }
            throw DriverFault(
                "Namespace \(number) of the drive \(address) is attached to its controller \(stranger) as well, which is not part "
                    + "of this unit; detach it there (nvme detach-ns), for two tenants must not have one namespace.")
        }
    }

    /// If a drive cannot report which controllers have its namespaces, it at least reports whether several may.
    private func requireUnshared(
        _ drive: NVMeController, _ address: PCIAddress, _ identity: NVMeIdentity, _ doors: Int
    ) async throws(DriverFault) {
        guard identity.mayHaveOtherControllers, doors < 2 else { return }
        for namespace in drive.namespaces {
            let number = UInt32(clamping: namespace.identifier)
            guard try await tool.namespace(number, of: drive.name).mayBeShared else { continue }
            throw DriverFault(
                "Namespace \(number) of the drive \(address) may be reached by other controllers of the drive, and the drive does "
                    + "not say by which; offer drives with one controller, or all of its controllers as one 'group'.")
        }
    }

    /// Throws if a process of the host has one of the block devices open. Processes that only probe a new device are
    /// waited for.
    func requireUnopened(_ names: [String]) async throws(DriverFault) {
        let root = control.root
        let paths = Set(names.map { "/dev/\($0)" })
        var holder: OpenFiles.Holder?
        for attempt in 0..<10 {
            if attempt > 0 {
                do { try await wait(.milliseconds(500)) } catch {
                    throw DriverFault("The work was interrupted.", isTransient: true)
                }
            }
            holder = await Blocking.run { () throws(Never) in OpenFiles.holders(of: paths, on: root).first }
            if holder == nil { return }
        }
        if let holder { throw DriverFault("The host uses the drive: \(holder).") }
    }
}
