import Clients
import Identity
import Settings

extension Neighbours {
    /// Those that the Keystone of the settings names, by this program's session there.
    init(_ settings: Settings, _ session: KeystoneSession) {
        let keystone = settings.auth.keystone
        self.init(session: session, region: keystone.region, caFile: keystone.certificateAuthority)
    }

    /// The same, or without a session those that the embedded identity service names; nil where there is no catalog.
    init?(_ settings: Settings, _ session: KeystoneSession?, _ identity: IdentityService) {
        if let session {
            self.init(settings, session)
            return
        }
        guard settings.auth.strategy == .embedded else { return nil }
        let keystone = settings.auth.keystone
        let own = identity.serviceTokens(
            as: ServiceAccount(
                user: keystone.username, userDomain: keystone.userDomain, project: keystone.project,
                projectDomain: keystone.projectDomain))
        self.init(tokens: own, catalog: own, region: keystone.region, caFile: keystone.certificateAuthority)
    }
}
