import Logging
import Model
import Store

/// Removes what a host no longer reports, unless it is held or not yet clean.
extension ReportIntake {
    mutating func remove(_ stored: ReportedInventory.StoredDevice, in transaction: any Transaction) throws -> Bool {
        var lifecycle = DeviceLifecycle(presence: stored.presence)
        let actions = lifecycle.apply(.vanished(isHeld: stored.deployables.values.contains(where: isHeld)))
        for deployable in stored.deployables.values { _ = try remove(deployable, in: transaction) }
        if actions == [.remove] {
            try transaction.execute("DELETE FROM devices WHERE uuid = \(stored.id)")
            try trail.note(AuditEvent(action: .deviceRemoved, device: stored.id, host: host), at: now, in: transaction)
            try transaction.note(change: "device", key: "\(stored.id)")
            return false
        }
        guard lifecycle.presence != stored.presence else { return false }
        try trail.note(AuditEvent(action: .deviceMissing, device: stored.id, host: host), at: now, in: transaction)
        logger.error(
            "a device vanished while it is held", metadata: ["host": "\(host)", "device": "\(stored.id)"])
        try transaction.execute(
            "UPDATE devices SET presence = \(lifecycle.presence.rawValue), updated_at = \(now) WHERE uuid = \(stored.id)"
        )
        try transaction.note(change: "device", key: "\(stored.id)")
        return true
    }

    /// Whether a part of it is held or not yet clean, and stays under it.
    func isHeld(_ deployable: ReportedInventory.StoredDeployable) -> Bool {
        deployable.handles.values.contains { !$0.isFree && !moving.contains($0.id) }
    }

    /// Returns true if it stays recorded because a part of it is held.
    mutating func remove(_ stored: ReportedInventory.StoredDeployable, in transaction: any Transaction) throws -> Bool {
        for handle in stored.handles.values where !moving.contains(handle.id) { try remove(handle, in: transaction) }
        if isHeld(stored) {
            guard stored.isPresent else { return false }
            try transaction.execute(
                "UPDATE deployables SET is_present = 0, updated_at = \(now) WHERE uuid = \(stored.id)")
            return true
        }
        try transaction.execute("DELETE FROM attributes WHERE deployable = \(stored.id)")
        try transaction.execute("DELETE FROM deployables WHERE uuid = \(stored.id)")
        return false
    }

    mutating func remove(_ stored: ReportedInventory.StoredHandle, in transaction: any Transaction) throws {
        if stored.isFree {
            try transaction.execute("DELETE FROM attach_handles WHERE uuid = \(stored.id)")
        } else if stored.isPresent {
            tellHolder(of: stored, .requestDeviceLost, "its host does not report it")
            try transaction.execute(
                """
                UPDATE attach_handles SET is_present = 0, generation = generation + 1, updated_at = \(now)
                WHERE uuid = \(stored.id)
                """)
        }
    }
}
