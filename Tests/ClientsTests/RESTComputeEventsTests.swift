import Clients
import FoundationEssentials
import HTTPTypes
import Model
import TestKeystone
import Testing

@Suite struct RESTComputeEventsTests {
    let bound = AcceleratorRequestBound(
        instance: IDSource.random.next(), request: IDSource.random.next(), isBound: true)
    let failed = AcceleratorRequestBound(
        instance: IDSource.random.next(), request: IDSource.random.next(), isBound: false)

    func send(_ nova: StubNeighbour) async throws -> [AcceleratorRequestID: Outcome] {
        let peer = ServicePeer(.compute, transport: nova, tokens: FakeKeystone(placement: nil).session)
        return try await RESTComputeEvents(peer: peer).send([bound, failed])
    }

    @Test func `a token that is refused is renewed, and the events are taken`() async throws {
        let nova = StubNeighbour(200, "{\"events\": []}") { $0.token == "service-1" }
        #expect(try await send(nova) == [bound.request: .accepted, failed.request: .accepted])
        #expect(nova.proofs == [.init("service-1"), .init("service-2")])
        #expect(nova.requests.first?.body == nova.requests.last?.body)
    }

    @Test func `an account that is always refused is trouble, and the events are sent again later`() async throws {
        let nova = StubNeighbour { _ in true }
        let fault = await #expect(throws: Fault.self) { try await send(nova) }
        #expect(fault?.kind == .unavailable)
        #expect(fault?.context == "POST /os-server-external-events answered 401: without a reason")
        #expect(nova.proofs == [.init("service-1"), .init("service-2")])
    }

    @Test func `the request is what the compute service expects`() async throws {
        let nova = StubNeighbour(200, "{\"events\": []}")
        #expect(try await send(nova) == [bound.request: .accepted, failed.request: .accepted])
        let request = try #require(nova.requests.first)
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
            try await send(StubNeighbour(207, body)) == [
                bound.request: .tryAgain, failed.request: .refused("it answered 400"),
            ])
    }

    @Test func `unknown instances are tried again, trouble is thrown, refusals are final`() async throws {
        #expect(try await send(StubNeighbour(404)) == [bound.request: .tryAgain, failed.request: .tryAgain])
        let fault = await #expect(throws: Fault.self) { try await send(StubNeighbour(503)) }
        #expect(fault?.kind == .unavailable)
        let outcomes = try await send(StubNeighbour(403, "no"))
        #expect(outcomes[bound.request] == .refused("it answered 403"))
    }
}
