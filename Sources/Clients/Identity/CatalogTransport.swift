public import Model
import Synchronization

/// A transport to a service at its address in the catalog; it follows changes of the address.
public final class CatalogTransport: HTTPTransport {
    private let catalog: any ServiceCatalog
    private let service: PeerService
    private let interface: String
    private let region: String?
    private let open: @Sendable (_ base: String) throws(Fault) -> any HTTPTransport
    private let current = Mutex<Found?>(nil)

    private struct Found {
        let base: String
        let transport: any HTTPTransport
    }

    /// - Parameters:
    ///   - region: nil uses the first region
    ///   - open: creates the transport to an address
    public init(
        catalog: any ServiceCatalog, service: PeerService, interface: String = "internal", region: String? = nil,
        open: @escaping @Sendable (_ base: String) throws(Fault) -> any HTTPTransport
    ) {
        self.catalog = catalog
        self.service = service
        self.interface = interface
        self.region = region
        self.open = open
    }

    /// Also throws 503 if the catalog does not contain the service.
    public func send(_ request: PeerRequest) async throws(Fault) -> PeerResponse {
        try await found().send(request)
    }

    public func receive(
        _ request: PeerRequest, take: @Sendable (_ piece: [UInt8]) async throws(Fault) -> Void
    ) async throws(Fault) -> PeerResponse {
        try await found().receive(request, take: take)
    }

    private func found() async throws(Fault) -> any HTTPTransport {
        guard let base = try await catalog.endpoint(type: service.type, interface: interface, region: region) else {
            let place = region.map { " in region '\($0)'" } ?? ""
            throw .unavailable(
                "\(service.subject) cannot be found; try again later.",
                context: "the catalog has no \(interface) or public endpoint of type '\(service.type)'\(place)")
        }
        return try transport(to: base)
    }

    private func transport(to base: String) throws(Fault) -> any HTTPTransport {
        if let found = current.withLock({ $0 }), found.base == base { return found.transport }
        let opened = try open(base)
        return current.withLock { current in
            // Of two that came at once, both use what the first one opened.
            if let found = current, found.base == base { return found.transport }
            current = Found(base: base, transport: opened)
            return opened
        }
    }
}
