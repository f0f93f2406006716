import Clients
import Settings

extension Neighbours {
    /// Those that the Keystone of the settings names, by this program's session there.
    init(_ settings: Settings, _ session: KeystoneSession) {
        let keystone = settings.auth.keystone
        self.init(session: session, region: keystone.region, caFile: keystone.certificateAuthority)
    }
}
