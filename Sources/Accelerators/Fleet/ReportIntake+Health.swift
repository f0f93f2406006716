import Model
import Store

/// Notifications of a device's holders.
extension ReportIntake {
    /// Records that a device is withdrawn because of its health, or well again, for the operator and for its holder.
    mutating func noteHealth(
        of stored: ReportedInventory.StoredDevice, _ device: DeviceReport, in transaction: any Transaction
    ) throws {
        let before = Self.sickness(stored.report)
        let now = Self.sickness(device)
        guard before != now else { return }
        let action: AuditEvent.Action = now == nil ? .deviceWell : .deviceSick
        guard now == nil || before == nil else { return }
        try trail.note(
            AuditEvent(action: action, device: stored.id, host: host, detail: now), at: self.now, in: transaction)
        for deployable in stored.deployables.values {
            for handle in deployable.handles.values where !handle.isFree {
                tellHolder(of: handle, action, now)
            }
        }
    }

    /// Why a device is withdrawn; nil if it is not.
    private static func sickness(_ device: DeviceReport) -> String? {
        guard case .withdrawn(let reason)? = device.health else { return nil }
        return reason
    }

    /// Adds an event for the request that holds a handle; the request's project sees it.
    mutating func tellHolder(
        of handle: ReportedInventory.StoredHandle, _ action: AuditEvent.Action, _ detail: String?
    ) {
        guard !handle.isFree else { return }
        tidings.append(Tiding(handle: handle.id, action: action, detail: detail))
    }

    /// Records the notifications of holders, with one query for all of them.
    func tellHolders(in transaction: any Transaction) throws {
        guard !tidings.isEmpty else { return }
        typealias Holder = (request: AcceleratorRequestID, owner: ProjectID, instance: InstanceID?)
        var holders: [AttachHandleID: Holder] = [:]
        try transaction.forEach(
            """
            SELECT handle, uuid, project, instance FROM accelerator_requests
            WHERE handle IN \(list: Array(Set(tidings.map(\.handle))))
            """
        ) { row in
            let handle: AttachHandleID = try row[0]
            holders[handle] = (try row[1], try row[2], try row[3])
        }
        for tiding in tidings {
            guard let holder = holders[tiding.handle] else { continue }
            try trail.note(
                AuditEvent(
                    action: tiding.action, owner: holder.owner, request: holder.request, instance: holder.instance,
                    handle: tiding.handle, host: host, detail: tiding.detail), at: now, in: transaction)
        }
    }
}
