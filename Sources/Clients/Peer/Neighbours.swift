import Model

/// Makes peers of the services that a catalog names, over the network.
public struct Neighbours: Sendable {
    private let tokens: any ServiceTokens
    private let catalog: any ServiceCatalog
    private let interface: String
    private let region: String?
    private let caFile: String?
    private let patience: NetworkTransport.Patience

    /// - Parameters:
    ///   - tokens: of this program
    ///   - region: nil takes the first
    ///   - caFile: certificates to trust, PEM; nil for the system's
    ///   - patience: how long a service is waited for
    public init(
        tokens: any ServiceTokens, catalog: any ServiceCatalog, interface: String = "internal", region: String? = nil,
        caFile: String? = nil, patience: NetworkTransport.Patience = .init()
    ) {
        self.tokens = tokens
        self.catalog = catalog
        self.interface = interface
        self.region = region
        self.caFile = caFile
        self.patience = patience
    }

    /// Tokens and addresses from one session at a Keystone.
    public init(
        session: KeystoneSession, interface: String = "internal", region: String? = nil, caFile: String? = nil,
        patience: NetworkTransport.Patience = .init()
    ) {
        self.init(
            tokens: session, catalog: session, interface: interface, region: region, caFile: caFile, patience: patience)
    }

    public func peer(_ service: PeerService) -> ServicePeer {
        let (caFile, patience) = (caFile, patience)
        let transport = CatalogTransport(
            catalog: catalog, service: service, interface: interface, region: region
        ) { base throws(Fault) in
            try NetworkTransport(base: base, name: service.name, caFile: caFile, patience: patience)
        }
        return ServicePeer(service, transport: transport, tokens: tokens)
    }
}
