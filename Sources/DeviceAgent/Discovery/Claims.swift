import Drivers
import Model

/// The driver of each function of a host: the first enabled driver that offers it.
struct Claims {
    private struct Owner {
        let driver: String
    }

    private var devices: [String: String] = [:]
    private var units: [String: Owner] = [:]

    /// The driver that has the device with that control path.
    func owner(of controlPath: String) -> String? { devices[controlPath] }

    /// The part of a deployable that belongs to no other device: handles whose function another device offers are left
    /// out; nil if none is left.
    func left(
        of deployable: DeployableReport, for driver: String,
        _ taken: (_ unit: String, _ owner: String) -> Void
    ) -> DeployableReport? {
        var left = deployable
        var said: Set<String> = []
        left.handles.removeAll { handle in
            // Several handles of one function are one device's.
            let others = HandleUnit.names(of: handle).compactMap { unit in
                units[unit].flatMap { $0.driver == driver ? nil : (unit, $0) }
            }
            for (unit, owner) in others where said.insert(unit).inserted { taken(unit, owner.driver) }
            return !others.isEmpty
        }
        let lost = deployable.handles.count - left.handles.count
        if lost > 0 {
            if left.handles.isEmpty { return nil }
            left.accelerators = min(left.handles.count, max(1, left.accelerators - lost))
        }
        return left
    }

    mutating func take(_ device: DeviceReport, for driver: String) {
        devices[device.controlPath] = driver
        for handle in device.deployables.lazy.flatMap(\.handles) {
            for unit in HandleUnit.names(of: handle) where units[unit] == nil {
                units[unit] = Owner(driver: driver)
            }
        }
    }
}
