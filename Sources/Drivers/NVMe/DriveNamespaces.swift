import Host
import Model

/// Makes all namespaces of one drive accessible to the eraser. Namespaces without a controller are attached. Those that
/// the kernel cannot show get a block format that it can. If no namespace is usable by a tenant, one is created.
struct DriveNamespaces: Sendable {
    /// One namespace of the drive.
    struct Space: Sendable {
        let number: UInt32
        /// Its block device; nil if the kernel shows none.
        var name: String?
        /// Size in bytes; 0 if the kernel shows no block device.
        var size: UInt64
    }

    let control: HostControl
    let tool: NVMeTool
    let wait: @Sendable (Duration) async throws -> Void

    /// What was found and done.
    struct Outcome: Sendable {
        var spaces: [Space]
        /// For the record of the cleaning.
        var notes: [String] = []

        var isUsable: Bool { spaces.contains { $0.size > 0 } }
    }

    /// - Parameters:
    ///   - unit: the functions that lead to the drive
    ///   - isPart: whether the unit is a virtual function, which has only the namespaces that are attached to it
    func gather(
        _ unit: [PCIAddress], _ drives: [NVMeController], _ identity: NVMeIdentity, isPart: Bool
    ) async throws(DriverFault) -> Outcome {
        guard let drive = drives.first, let address = unit.first else { return Outcome(spaces: []) }
        let attached = try await tool.attached(drive.name)
        let isManaged = identity.managesNamespaces && !isPart
        let numbers = isManaged ? try await tool.allocated(drive.name) : attached
        var outcome = Outcome(spaces: [])
        let controllers = drives.map { $0.controllerID ?? identity.controller }
        for number in numbers where !attached.contains(number) {
            try await tool.attach(number, to: controllers, of: drive.name)
            outcome.notes.append("namespace \(number), which no controller had, was attached")
        }
        outcome.spaces = try await shown(numbers, address, drive, isNew: numbers.count > attached.count)
        guard !isPart else { return outcome }
        if !outcome.isUsable { try await mend(&outcome, address, drive, identity) }
        if !outcome.isUsable, isManaged {
            try await replace(&outcome, address, drive, identity, controllers)
        }
        if outcome.spaces.isEmpty {
            throw DriverFault(
                "The drive \(address) has no namespace and cannot be given one here: nothing of what was stored on it can be "
                    + "erased and read back. Make one (nvme create-ns, attach-ns), or replace the drive.")
        }
        return outcome
    }

    /// The namespaces as the kernel shows them now. New ones take a moment to appear; those that the kernel cannot show
    /// never do.
    func shown(
        _ numbers: [UInt32], _ address: PCIAddress, _ drive: NVMeController, isNew: Bool
    ) async throws(DriverFault) -> [Space] {
        if isNew { try await tool.rescan(drive.name) }
        var spaces: [Space] = []
        for attempt in 0..<(isNew ? 25 : 1) {
            if attempt > 0 {
                do { try await wait(.milliseconds(200)) } catch {
                    throw DriverFault("The erasure was interrupted.", isTransient: true)
                }
            }
            let now = await control.snapshot().nvme.first { $0.address == address }?.namespaces ?? []
            spaces = numbers.map { number in
                let found = now.first { $0.identifier == Int(number) }
                return Space(number: number, name: found?.name, size: found?.size ?? 0)
            }
            if spaces.allSatisfy({ $0.size > 0 }) { break }
        }
        return spaces
    }

    /// Gives namespaces a block format that the kernel can show.
    private func mend(
        _ outcome: inout Outcome, _ address: PCIAddress, _ drive: NVMeController, _ identity: NVMeIdentity
    ) async throws(DriverFault) {
        guard identity.canFormat else { return }
        var isChanged = false
        for space in outcome.spaces where space.size == 0 {
            let namespace = try await tool.namespace(space.number, of: drive.name)
            guard namespace.size > 0, namespace.keptFormat != namespace.format else { continue }
            try await tool.format(
                space.number, of: drive.name, erase: 1, format: namespace.keptFormat, timeout: .seconds(600))
            outcome.notes.append(
                "namespace \(space.number) had blocks of format \(namespace.format), which the host cannot show, and was given format "
                    + "\(namespace.keptFormat)")
            isChanged = true
        }
        guard isChanged else { return }
        outcome.spaces = try await shown(outcome.spaces.map(\.number), address, drive, isNew: true)
    }

    /// Creates one namespace with the drive's whole capacity, in place of namespaces that nobody can use.
    private func replace(
        _ outcome: inout Outcome, _ address: PCIAddress, _ drive: NVMeController, _ identity: NVMeIdentity,
        _ controllers: [Int]
    ) async throws(DriverFault) {
        let formats = (try? await tool.commonFormats(drive.name)) ?? []
        guard let format = NVMeNamespaceIdentity.best(of: formats) else {
            throw DriverFault("The drive \(address) has no usable namespace, and no blocks that the kernel can show.")
        }
        for space in outcome.spaces { try await tool.delete(space.number, of: drive.name) }
        let capacity = try await tool.identity(drive.name).unallocated
        var blocks = capacity / UInt64(format.size)
        guard blocks > 0 else {
            throw DriverFault("The drive \(address) has no usable namespace, and no room for one.")
        }
        do {
            try await tool.create(
                blocks: blocks, format: format.index, isShared: controllers.count > 1, on: drive.name)
        } catch {
            // Some have room in coarser steps than they say.
            let step = UInt64(1 << 30) / UInt64(format.size)
            guard blocks > step, blocks % step != 0 else { throw error }
            blocks -= blocks % step
            try await tool.create(
                blocks: blocks, format: format.index, isShared: controllers.count > 1, on: drive.name)
        }
        guard let number = try await tool.allocated(drive.name).first else {
            throw DriverFault("The drive \(address) reported that it created a namespace, but does not list it.")
        }
        try await tool.attach(number, to: controllers, of: drive.name)
        let former = outcome.spaces.map { "\($0.number)" }.joined(separator: " ")
        outcome.notes.append(
            "namespace \(number) of \(blocks * UInt64(format.size)) bytes was made "
                + (former.isEmpty ? "where there was none" : "in place of \(former), which nobody could use"))
        outcome.spaces = try await shown([number], address, drive, isNew: true)
    }
}
