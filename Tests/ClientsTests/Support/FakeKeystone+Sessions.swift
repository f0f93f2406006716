import Clients
import Model
import TestKeystone

extension FakeKeystone {
    /// Its catalog says where Placement is; nil for nowhere.
    convenience init(placement: String?) {
        let endpoints =
            placement.map {
                """
                {"interface": "public", "region": "one", "url": "http://127.0.0.1:1/wrong"},
                {"interface": "internal", "region": "two", "url": "\($0)"}
                """
            } ?? ""
        self.init(
            time: .system, catalog: #"{"type": "placement", "name": "placement", "endpoints": [\#(endpoints)]}"#)
    }

    /// Placement at the address of the catalog.
    func placement(region: String? = nil) -> RESTPlacementClient {
        RESTPlacementClient(peer: Neighbours(session: session, region: region, patience: .long).peer(.placement))
    }

    var session: KeystoneSession {
        KeystoneSession(transport: self, credentials: .applicationCredential(id: "a", secret: Secret("b")))
    }
}

extension NetworkTransport.Patience {
    static let long = Self(connecting: .seconds(600), request: .seconds(600))
}
