import Clients
import HTTPTypes
import Model
import Synchronization

/// A Keystone that signs in with `token-1`, `token-2`, … and says in its catalog where Placement is.
final class StubKeystone: HTTPTransport {
    private let signIns = Mutex(0)
    private let placement: String?

    init(placement: String?) {
        self.placement = placement
    }

    var count: Int { signIns.withLock { $0 } }

    func send(_ request: PeerRequest) async throws(Fault) -> PeerResponse {
        let number = signIns.withLock { count in
            count += 1
            return count
        }
        let endpoints =
            placement.map {
                """
                {"interface": "public", "region": "one", "url": "http://127.0.0.1:1/wrong"},
                {"interface": "internal", "region": "two", "url": "\($0)"}
                """
            } ?? ""
        let body = """
            {"token": {"user": {"id": "svc", "name": "kilonova"}, "expires_at": "2099-01-01T00:00:00.000000Z",
             "catalog": [{"type": "placement", "name": "placement", "endpoints": [\(endpoints)]}]}}
            """
        return PeerResponse(
            status: 201, headers: [HTTPField.Name.subject: "token-\(number)"], body: Array(body.utf8))
    }

    /// Placement at the address of the catalog.
    func placement(region: String? = nil) -> RESTPlacementClient {
        RESTPlacementClient(peer: Neighbours(session: session, region: region, patience: .long).peer(.placement))
    }

    var session: KeystoneSession {
        KeystoneSession(transport: self, credentials: .applicationCredential(id: "a", secret: Secret("b")))
    }
}

extension HTTPField.Name {
    fileprivate static let subject = Self("X-Subject-Token") ?? .authorization
}

extension NetworkTransport.Patience {
    static let long = Self(connecting: .seconds(600), request: .seconds(600))
}
