import Model

/// Creates peers for the services in a catalog, over the network.
public struct Neighbours: Sendable {
    private let tokens: any ServiceTokens
    private let catalog: any ServiceCatalog
    private let interface: String
    private let region: String?
    private let caFile: String?
    private let patience: NetworkTransport.Patience

    /// - Parameters:
    ///   - tokens: this program's tokens
    ///   - region: nil uses the first region
    ///   - caFile: certificates to trust, PEM; nil for the system's
    ///   - patience: timeouts
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
