import Clients
import Model
import Settings

/// The way to Nova, which waits for accelerator requests to be bound.
enum Notification {
    /// Nil where the settings do not ask for it.
    static func events(_ settings: Settings, _ session: KeystoneSession?) throws(Fault) -> (any ComputeEvents)? {
        guard settings.accelerator.notifiesCompute else { return nil }
        guard let session else {
            throw .badRequest("accelerator.notify_nova needs the keystone section, whose catalog names Nova.")
        }
        return RESTComputeEvents(peer: Neighbours(settings, session).peer(.compute))
    }
}
