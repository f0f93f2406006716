import API
import Clients
import HTTPTypes
import Model
import Placement
import TestPlacement
import Testing

/// The two ways to this service: in process, and by the REST client through its dispatcher.
@Suite struct PlacementClientContractTests {
    enum Way: CaseIterable, Sendable { case local, rest }

    /// The service's dispatcher as the way to it.
    private struct DispatcherTransport: HTTPTransport {
        let dispatcher: Dispatcher

        func send(_ request: PeerRequest) async throws(Fault) -> PeerResponse {
            var headers = request.headers
            // A service's account, as reshaping needs it.
            if let roles = HTTPField.Name("X-Roles") { headers[roles] = "admin,service" }
            let answer = await dispatcher.respond(
                to: APIRequest(request.method, "/placement\(request.path)", headers: headers, body: request.body ?? []))
            do {
                return PeerResponse(
                    status: answer.status, headers: answer.headers, body: Array(try await answer.bytes()))
            } catch {
                throw .internalError("\(error)")
            }
        }
    }

    @Test(arguments: Way.allCases, PlacementContract.all)
    func `both clients keep the contract`(way: Way, contract: PlacementContract) async throws {
        let fixture = try await PlacementFixture()
        let transport = DispatcherTransport(dispatcher: fixture.dispatcher)
        let client: any PlacementClient =
            switch way {
            case .local: fixture.client
            case .rest:
                RESTPlacementClient(
                    peer: ServicePeer(.placement, transport: transport, tokens: UserToken(Secret("admin"))))
            }
        try await contract.check(
            PlacementUnderTest(client: client) { consumer, holdings in
                var allocations: [String: [String: Int]] = [:]
                for (provider, amounts) in holdings {
                    for (name, amount) in amounts { allocations["\(provider)", default: [:]][name.name] = amount }
                }
                let status = try await fixture.claim("\(consumer)", allocations).status
                #expect(status == 204)
            })
    }
}
