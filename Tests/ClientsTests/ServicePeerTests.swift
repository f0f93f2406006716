import HTTPTypes
import Model
import TestKeystone
import Testing

@testable import Clients

@Suite struct ServicePeerTests {
    typealias Proof = StubNeighbour.Proof
    let request = PeerRequest(.get, "/x?secret=1")

    private func peer(_ neighbour: StubNeighbour) -> ServicePeer {
        ServicePeer(.compute, transport: neighbour, tokens: FakeKeystone(placement: nil).session)
    }

    @Test func `a request says which version is spoken`() throws {
        let peer = peer(StubNeighbour())
        let name = try #require(HTTPField.Name("OpenStack-API-Version"))
        #expect(peer.request(.get, "/x", version: Microversion(2, 82)).headers[name] == "compute 2.82")
        #expect(peer.request(.get, "/x").headers[name] == nil)
        let posted = try peer.request(.post, "/x", ["a": 1])
        #expect(posted.headers[.contentType] == "application/json")
        #expect(posted.body == Array(#"{"a":1}"#.utf8))
    }

    @Test func `a refused token is renewed once, and the second refusal stands`() async throws {
        let neighbour = StubNeighbour { $0.token == "service-1" || $0.token == "service-3" || $0.token == "service-4" }
        let peer = peer(neighbour)
        #expect(try await peer.send(request).status == 200)
        #expect(try await peer.send(request).status == 200)
        #expect(neighbour.proofs == [Proof("service-1"), Proof("service-2"), Proof("service-2")])
        let always = StubNeighbour { _ in true }
        #expect(try await self.peer(always).send(request).status == 401)
        #expect(always.proofs == [Proof("service-1"), Proof("service-2")])
    }

    @Test func `a token that cannot be renewed is not sent twice`() async throws {
        let neighbour = StubNeighbour { _ in true }
        let peer = ServicePeer(.compute, transport: neighbour, tokens: UserToken(Secret("only")))
        #expect(try await peer.send(request).status == 401)
        #expect(neighbour.proofs == [Proof("only")])
    }

    @Test func `a neighbour without tokens gets none`() async throws {
        let neighbour = StubNeighbour()
        #expect(try await ServicePeer(.compute, transport: neighbour, tokens: nil).send(request).status == 200)
        #expect(neighbour.proofs == [Proof(nil)])
    }

    @Test func `a user's request carries both tokens, and the service's is renewed`() async throws {
        let neighbour = StubNeighbour { $0.voucher == "service-1" }
        let user = UserToken(Secret("ann"))
        let answer = try await peer(neighbour).send(request, behalf: .user(user, afterwards: .fails))
        #expect(answer.status == 200)
        #expect(neighbour.proofs == [Proof("ann", "service-1"), Proof("ann", "service-2")])
    }

    @Test func `after the user's token has ended the service's goes on where it may`() async throws {
        let user = UserToken(Secret("ann"))
        let neighbour = StubNeighbour { $0.token == "ann" }
        let answer = try await peer(neighbour).send(request, behalf: .user(user, afterwards: .service))
        #expect(answer.status == 200)
        #expect(neighbour.proofs == [Proof("ann", "service-1"), Proof("ann", "service-2"), Proof("service-2")])

        let strict = StubNeighbour { $0.token == "ann" }
        let fault = await #expect(throws: Fault.self) {
            try await peer(strict).send(request, behalf: .user(user, afterwards: .fails))
        }
        #expect(fault?.kind == .unauthorized)
        #expect(fault?.message == "The compute service no longer accepts the user's token; sign in again.")
        #expect(fault?.context == "GET /x answered 401")
        #expect(strict.proofs == [Proof("ann", "service-1"), Proof("ann", "service-2")])
    }

    @Test func `every client renews a token that is refused`() async throws {
        let documents = [
            #"{"resource_providers": []}"#, #"{"device_profiles": []}"#, #"{"events": []}"#,
        ]
        let calls: [@Sendable (ServicePeer) async throws -> Void] = [
            { _ = try await RESTPlacementClient(peer: $0).provider(named: "x") },
            { _ = try await RESTDeviceProfileUse(peer: $0).classes() },
            { _ = try await RESTComputeEvents(peer: $0).send([]) },
        ]
        for (document, call) in zip(documents, calls) {
            let neighbour = StubNeighbour(200, document) { $0.token == "service-1" }
            try await call(peer(neighbour))
            #expect(neighbour.proofs == [Proof("service-1"), Proof("service-2")])
        }
    }

    @Test(arguments: [(401, 503), (406, 503), (429, 503), (500, 503), (302, 502), (404, 404), (409, 409)])
    func `what a refusal means`(status: Int, meaning: Int) async throws {
        let peer = peer(StubNeighbour(status, "secret", headers: [.retryAfter: "7"]))
        let request = peer.request(.get, "/x?secret", version: Microversion(2, 9))
        let answer = try await peer.send(request)
        let fault = #expect(throws: Fault.self) { try peer.read([String].self, answer, request) }
        #expect(fault?.kind.status == meaning)
        #expect(fault?.message.contains("secret") == false)
        #expect(fault?.context?.contains("secret") == false)
        #expect(fault?.headers == (meaning == 503 && status != 406 ? [.init("Retry-After", "7")] : []))
        if status == 406 {
            #expect(fault?.message == "The compute service is too old; version 2.9 is needed.")
        }
    }
}
