public import Clients
public import Model

/// A cloud as `clouds.yaml` or the variables `OS_…` describe it: its address and the user's account.
public struct Cloud: Sendable, Equatable {
    /// How the user authenticates.
    public enum Account: Sendable, Equatable {
        /// Signs in at the identity service with this URL, whose catalog has the other services.
        case identity(url: String, ServiceCredentials)
        /// Has a token already, and the services' addresses.
        case token(Secret, endpoint: String?)
    }

    /// For messages.
    public let name: String
    public let account: Account
    public let region: String?
    /// `public`, `internal` or `admin`.
    public let interface: String
    /// PEM file of the authorities to trust; nil for the system's.
    public let authorities: String?
    /// Addresses of services that override the catalog's, by type.
    public let endpoints: [String: String]

    public init(
        name: String, account: Account, region: String? = nil, interface: String = "public", authorities: String? = nil,
        endpoints: [String: String] = [:]
    ) {
        self.name = name
        self.account = account
        self.region = region
        self.interface = interface
        self.authorities = authorities
        self.endpoints = endpoints
    }
}
