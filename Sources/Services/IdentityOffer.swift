public import Access
public import Clients
public import Settings

/// What the identity service in this process does for the other services.
public protocol IdentityOffer: Sendable {
    /// The unified limits of projects on the resources of a service.
    func quota(ofServiceType type: String) -> any QuotaLimits

    /// The services in its catalog, called with tokens of the account in `keystone`.
    func neighbours(_ keystone: KeystoneSettings) -> Neighbours
}
