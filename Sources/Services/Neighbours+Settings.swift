public import Clients
public import Settings

extension Neighbours {
    /// The services in the catalog of the Keystone in the settings, with this program's session there.
    public init(_ settings: Settings, _ session: KeystoneSession) {
        let keystone = settings.auth.keystone
        self.init(session: session, region: keystone.region, caFile: keystone.certificateAuthority)
    }
}
