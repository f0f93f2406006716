import Accelerators
import Access
import Clients
import Conventions
import Identity
import Model
import Services
import Settings

/// The limits of projects in the accelerator service, according to the settings.
enum AcceleratorLimiting {
    static let serviceType = AcceleratorService.room.catalog.type

    /// Throws 400 if limits are configured and there is no identity service for them.
    static func limits(
        _ settings: Settings, _ identity: IdentityService, _ session: KeystoneSession?
    ) throws(Fault) -> any ProjectLimits {
        guard settings.accelerator.limits == .unified else { return Unlimited() }
        switch settings.auth.strategy {
        case .noauth2:
            throw .badRequest(
                "accelerator.limits is 'unified', but auth_strategy noauth2 has no identity service that knows limits; "
                    + "use embedded or keystone, or 'off'.")
        case .embedded: return UnifiedLimits(quota: identity.limits(ofServiceType: serviceType))
        case .keystone:
            guard let session else {
                throw .badRequest("accelerator.limits is 'unified', which needs the section keystone.")
            }
            let region = settings.auth.keystone.region.map { RegionID($0) }
            return UnifiedLimits(
                quota: KeystoneLimits(session: session, owner: .service(type: serviceType, region: region)))
        }
    }
}
