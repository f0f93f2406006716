import Clients
import Identity
import Settings

extension Neighbours {
    /// The services in the catalog of the Keystone in the settings, with this program's session there.
    init(_ settings: Settings, _ session: KeystoneSession) {
        let keystone = settings.auth.keystone
        self.init(session: session, region: keystone.region, caFile: keystone.certificateAuthority)
    }

    /// The same; without a session, the services in the embedded identity service's catalog. Nil if there is no
    /// catalog.
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
