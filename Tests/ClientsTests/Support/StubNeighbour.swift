import Clients
import HTTPTypes
import Model
import Synchronization

/// A neighbour in memory that responds as told, and refuses tokens.
final class StubNeighbour: HTTPTransport {
    /// What a request showed who it is from.
    struct Proof: Sendable, Equatable {
        let token: String?
        let voucher: String?

        init(_ token: String?, _ voucher: String? = nil) {
            self.token = token
            self.voucher = voucher
        }
    }

    private let answer: PeerResponse
    private let isRefused: @Sendable (Proof) -> Bool
    private let received = Mutex<[PeerRequest]>([])

    init(
        _ status: Int = 200, _ body: String = "{}", headers: HTTPFields = [:],
        refusing isRefused: @escaping @Sendable (Proof) -> Bool = { _ in false }
    ) {
        answer = PeerResponse(status: status, headers: headers, body: Array(body.utf8))
        self.isRefused = isRefused
    }

    var requests: [PeerRequest] { received.withLock { $0 } }
    var proofs: [Proof] { requests.map(Self.proof) }

    func send(_ request: PeerRequest) async throws(Fault) -> PeerResponse {
        received.withLock { $0.append(request) }
        return isRefused(Self.proof(request)) ? PeerResponse(status: 401) : answer
    }

    private static func proof(_ request: PeerRequest) -> Proof {
        func value(_ name: String) -> String? { HTTPField.Name(name).flatMap { request.headers[$0] } }
        return Proof(value("X-Auth-Token"), value("X-Service-Token"))
    }
}
