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
        let name = "the compute service"
        let authority = settings.auth.keystone.certificateAuthority
        let transport = CatalogTransport(
            session: session, type: "compute", region: settings.auth.keystone.region, name: name
        ) { base throws(Fault) in
            try NetworkTransport(base: base, name: name, caFile: authority)
        }
        return RESTComputeEvents(transport: transport, session: session)
    }
}
