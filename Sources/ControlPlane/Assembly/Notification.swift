import Accelerators
import Clients
import Model
import Settings

/// Creates the client that notifies Nova of bound accelerator requests.
enum Notification {
    /// Nil if it is not configured.
    static func events(_ settings: Settings, _ neighbours: Neighbours?) throws(Fault) -> (any ComputeEvents)? {
        guard settings.accelerator.notifiesCompute else { return nil }
        guard let neighbours else {
            throw .badRequest(
                "accelerator.notify_nova needs a catalog that names Nova: that of the keystone section, or that of auth_strategy "
                    + "embedded.")
        }
        return RESTComputeEvents(peer: neighbours.peer(.compute))
    }
}
