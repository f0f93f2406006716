public import Access
public import Clients
public import Model
import Settings

extension ServiceSurroundings {
    /// The services in the catalog of Keystone; without a session there, those in the embedded identity service's
    /// catalog. Nil if there is no catalog.
    public var neighbours: Neighbours? {
        if let session { return Neighbours(settings, session) }
        guard settings.auth.strategy == .embedded else { return nil }
        return offers.find((any IdentityOffer).self)?.neighbours(settings.auth.keystone)
    }

    /// The client of another service: what that service offers in this process, otherwise a client of the one in
    /// Keystone's catalog. Nil if there is neither.
    public func client<Client: Sendable>(_ type: Client.Type, remote: (Neighbours) -> Client) -> Client? {
        if let own = offers.find(type) { return own }
        guard let session else { return nil }
        return remote(Neighbours(settings, session))
    }

    /// Certificates in the key manager of this process, otherwise in the one of the catalog. Nil where there is no catalog.
    public var certificateSecrets: (any CertificateSecrets)? {
        if let own = offers.find((any CertificateSecrets).self) { return own }
        return neighbours.map { RESTCertificateSecrets(peer: $0.peer(.keyManager)) }
    }

    /// The unified limits of projects on the resources of a service.
    ///
    /// Throws 400 if there is no identity service for them.
    ///
    /// - Parameter key: the configuration key that asks for them, for the message
    public func quota(ofServiceType type: String, askedBy key: String) throws(Fault) -> any QuotaLimits {
        switch settings.auth.strategy {
        case .noauth2:
            throw .badRequest(
                "\(key) is 'unified', but auth_strategy noauth2 has no identity service that knows limits; "
                    + "use embedded or keystone, or 'off'.")
        case .embedded:
            guard let identity = offers.find((any IdentityOffer).self) else {
                throw .badRequest("\(key) is 'unified', which needs an identity service in this process.")
            }
            return identity.quota(ofServiceType: type)
        case .keystone:
            guard let session else { throw .badRequest("\(key) is 'unified', which needs the section keystone.") }
            let region = settings.auth.keystone.region.map { RegionID($0) }
            return KeystoneLimits(session: session, owner: .service(type: type, region: region))
        }
    }
}
