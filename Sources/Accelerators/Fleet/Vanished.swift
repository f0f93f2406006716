import Model
import Store

/// Removes what no longer exists and is no longer held.
enum Vanished {
    /// Called when the last holder of a disappeared handle released it.
    static func letGo(_ handle: AttachHandle, in transaction: any Transaction) throws {
        try transaction.execute("DELETE FROM attach_handles WHERE uuid = \(handle.id)")
        try removeEmpty(deployable: handle.deployable, device: handle.device, in: transaction)
    }

    /// Removes a disappeared deployable without handles, and its disappeared device without deployables.
    static func removeEmpty(
        deployable: DeployableID, device: DeviceID, in transaction: any Transaction
    ) throws {
        let isLeft = try transaction.exists(
            """
            SELECT 1 FROM deployables p WHERE p.uuid = \(deployable) AND (p.is_present = 1
                OR EXISTS (SELECT 1 FROM attach_handles h WHERE h.deployable = p.uuid))
            """)
        guard !isLeft else { return }
        try transaction.execute("DELETE FROM attributes WHERE deployable = \(deployable)")
        try transaction.execute("DELETE FROM deployables WHERE uuid = \(deployable)")
        let isOccupied = try transaction.exists("SELECT 1 FROM deployables WHERE device = \(device)")
        guard !isOccupied, let presence = try presence(of: device, in: transaction) else { return }
        var lifecycle = DeviceLifecycle(presence: presence)
        if lifecycle.apply(.letGo) == [.remove] {
            try transaction.execute("DELETE FROM devices WHERE uuid = \(device)")
            try transaction.note(change: "device", key: "\(device)")
        }
    }

    /// Nil if there is no such device.
    private static func presence(
        of device: DeviceID, in transaction: any Transaction
    ) throws -> DeviceLifecycle.Presence? {
        try transaction.first("SELECT presence FROM devices WHERE uuid = \(device)") { row in
            try row.word(0, DeviceLifecycle.Presence.self)
        }
    }
}
