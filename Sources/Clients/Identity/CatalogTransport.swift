public import Model
import Synchronization

/// A transport to a service that the catalog of a session says where to find; follows it when it moves.
public final class CatalogTransport: HTTPTransport {
    private let session: KeystoneSession
    private let type: String
    private let interface: String
    private let region: String?
    private let name: String
    private let open: @Sendable (_ base: String) throws(Fault) -> any HTTPTransport
    private let current = Mutex<Found?>(nil)

    private struct Found {
        let base: String
        let transport: any HTTPTransport
    }

    /// - Parameters:
    ///   - type: of the service, such as `placement`
    ///   - region: nil takes the first
    ///   - name: how messages call the service: `the placement service`
    ///   - open: makes the transport to an address
    public init(
        session: KeystoneSession, type: String, interface: String = "internal", region: String? = nil, name: String,
        open: @escaping @Sendable (_ base: String) throws(Fault) -> any HTTPTransport
    ) {
        self.session = session
        self.type = type
        self.interface = interface
        self.region = region
        self.name = name
        self.open = open
    }

    /// Throws 503 also where the catalog does not know the service.
    public func send(_ request: PeerRequest) async throws(Fault) -> PeerResponse {
        guard let base = try await session.endpoint(type: type, interface: interface, region: region) else {
            let place = region.map { " in region '\($0)'" } ?? ""
            throw .unavailable(
                "\(name.prefix(1).uppercased() + name.dropFirst()) cannot be found; try again later.",
                context: "the catalog has no \(interface) or public endpoint of type '\(type)'\(place)")
        }
        return try await transport(to: base).send(request)
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
