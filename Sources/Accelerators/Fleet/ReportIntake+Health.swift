import Model
import Store

/// What holders of a device are told of it.
extension ReportIntake {
    /// A device that is withdrawn for its health, or well again: on record for the operator and for whoever holds it.
    func noteHealth(
        of stored: ReportedInventory.StoredDevice, _ device: DeviceReport, in transaction: any Transaction
    ) throws {
        let before = Self.sickness(stored.report.facts)
        let now = Self.sickness(device.facts)
        guard before != now else { return }
        let action: AuditEvent.Action = now == nil ? .deviceWell : .deviceSick
        guard now == nil || before == nil else { return }
        try trail.note(
            AuditEvent(action: action, device: stored.id, host: host, detail: now), at: self.now, in: transaction)
        for deployable in stored.deployables.values {
            for handle in deployable.handles.values where !handle.isFree {
                try tellHolder(of: handle, action, now, in: transaction)
            }
        }
    }

    /// Why a device is withdrawn, from what its agent says of its health.
    private static func sickness(_ facts: [String: String]) -> String? {
        guard let health = facts["health"], health.hasPrefix("withdrawn") else { return nil }
        return String(health.dropFirst("withdrawn: ".count))
    }

    /// An event for the request that holds a handle, which its project sees.
    func tellHolder(
        of handle: ReportedInventory.StoredHandle, _ action: AuditEvent.Action, _ detail: String?,
        in transaction: any Transaction
    ) throws {
        guard !handle.isFree else { return }
        let holder: (request: AcceleratorRequestID, owner: ProjectID, instance: InstanceID?)? = try transaction.first(
            "SELECT uuid, project, instance FROM accelerator_requests WHERE handle = \(handle.id)"
        ) { row in (try row[0], try row[1], try row[2]) }
        guard let holder else { return }
        try trail.note(
            AuditEvent(
                action: action, owner: holder.owner, request: holder.request, instance: holder.instance,
                handle: handle.id, host: host, detail: detail), at: now, in: transaction)
    }
}
