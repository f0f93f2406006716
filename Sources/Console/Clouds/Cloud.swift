public import Clients
public import Model

/// A cloud as `clouds.yaml` or the variables `OS_…` describe it: where it is, and who one is there.
public struct Cloud: Sendable, Equatable {
    /// How one shows who one is.
    public enum Account: Sendable, Equatable {
        /// Signs in at the identity service under this URL, whose catalog says where the others are.
        case identity(url: String, ServiceCredentials)
        /// Has a token already, and knows the addresses.
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
    /// Addresses of services in place of the catalog's, by type.
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
