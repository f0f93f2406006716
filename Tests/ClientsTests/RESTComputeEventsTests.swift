import Clients
import FoundationEssentials
import HTTPTypes
import Model
import Synchronization
import Testing

@Suite struct RESTComputeEventsTests {
    let bound = AcceleratorRequestBound(
        instance: IDSource.random.next(), request: IDSource.random.next(), isBound: true)
    let failed = AcceleratorRequestBound(
        instance: IDSource.random.next(), request: IDSource.random.next(), isBound: false)

    /// Answers sign-ins with a token and everything else as told.
    final class Peer: HTTPTransport {
        private let answer: PeerResponse
        let requests = Mutex<[PeerRequest]>([])

        init(_ status: Int, _ body: String = "") {
            answer = PeerResponse(status: status, body: Array(body.utf8))
        }

        func send(_ request: PeerRequest) async throws(Fault) -> PeerResponse {
            if request.path.hasSuffix("/auth/tokens") {
                let token = """
                    {"token": {"expires_at": "2099-01-01T00:00:00.000000Z", "issued_at": "2026-01-01T00:00:00.000000Z",
                        "methods": ["password"], "user": {"id": "u", "name": "cyborg",
                            "domain": {"id": "default", "name": "Default"}}, "roles": [], "audit_ids": ["a"]}}
                    """
                guard let subject = HTTPField.Name("X-Subject-Token") else { return PeerResponse(status: 500) }
                return PeerResponse(status: 201, headers: [subject: "secret"], body: Array(token.utf8))
            }
            requests.withLock { $0.append(request) }
            return answer
        }
    }

    func send(_ peer: Peer) async throws -> [AcceleratorRequestID: Outcome] {
        let session = KeystoneSession(
            transport: peer, credentials: .applicationCredential(id: "a", secret: Secret("b")))
        return try await RESTComputeEvents(transport: peer, session: session).send([bound, failed])
    }

    @Test func `the request is what the compute service expects`() async throws {
        let peer = Peer(200, "{\"events\": []}")
        #expect(try await send(peer) == [bound.request: .accepted, failed.request: .accepted])
        let request = try #require(peer.requests.withLock { $0.first })
        #expect(request.path == "/os-server-external-events")
        let version = try #require(HTTPField.Name("OpenStack-API-Version"))
        #expect(request.headers[version] == "compute 2.82")
        struct Body: Decodable {
            let events: [[String: String]]
        }
        let body = try JSONDecoder().decode(Body.self, from: Data(request.body ?? []))
        #expect(
            body.events[0] == [
                "name": "accelerator-request-bound", "server_uuid": "\(bound.instance)", "tag": "\(bound.request)",
                "status": "completed",
            ])
        #expect(body.events[1]["status"] == "failed")
    }

    @Test func `each event has its own outcome`() async throws {
        let body = """
            {"events": [
                {"name": "accelerator-request-bound", "server_uuid": "\(bound.instance)", "tag": "\(bound.request)",
                 "status": "failed", "code": 422},
                {"name": "accelerator-request-bound", "server_uuid": "\(failed.instance)", "tag": "\(failed.request)",
                 "status": "failed", "code": 400}]}
            """
        #expect(
            try await send(Peer(207, body)) == [bound.request: .tryAgain, failed.request: .refused("it answered 400")])
    }

    @Test func `unknown instances are tried again, trouble is thrown, refusals are final`() async throws {
        #expect(try await send(Peer(404)) == [bound.request: .tryAgain, failed.request: .tryAgain])
        let fault = await #expect(throws: Fault.self) { try await send(Peer(503)) }
        #expect(fault?.kind == .unavailable)
        let outcomes = try await send(Peer(403, "no"))
        #expect(outcomes[bound.request] == .refused("it answered 403"))
    }
}
