import API
import Clients
import HTTPTypes
import Identity
import Model
import Testing

/// Both ways to tokens and a catalog, against the same service: in process, and by a session over its API.
@Suite struct ServiceTokensTests {
    enum Way: CaseIterable, Sendable { case embedded, session }

    private struct DispatcherTransport: HTTPTransport {
        let dispatcher: Dispatcher

        func send(_ request: PeerRequest) async throws(Fault) -> PeerResponse {
            let answer = await dispatcher.respond(
                to: APIRequest(
                    request.method, "/identity\(request.path)", headers: request.headers, body: request.body ?? []))
            do {
                return PeerResponse(
                    status: answer.status, headers: answer.headers, body: Array(try await answer.bytes()))
            } catch {
                throw .internalError("\(error)")
            }
        }
    }

    private func tokens(
        _ way: Way, _ cloud: Cloud, as user: String = "nova"
    ) -> any ServiceTokens & ServiceCatalog {
        switch way {
        case .embedded:
            cloud.identity.serviceTokens(
                as: ServiceAccount(
                    user: user, userDomain: "Default", project: "service", projectDomain: "Default"))
        case .session:
            KeystoneSession(
                transport: DispatcherTransport(dispatcher: cloud.dispatcher),
                credentials: .password(
                    user: user, userDomain: "Default", password: Secret(Cloud.servicePassword), project: "service",
                    projectDomain: "Default"), time: cloud.clock.source)
        }
    }

    @Test(arguments: Way.allCases)
    func `a token is the service user's, is kept, and is another after it was refused`(way: Way) async throws {
        let cloud = try await Cloud()
        let tokens = tokens(way, cloud)
        let first = try await tokens.token()
        let caller = try #require(try await cloud.identity.tokenSource.caller(for: first, allowExpired: false))
        #expect(caller.userName == "nova")
        #expect(caller.roles.contains("service"))
        #expect(try await tokens.token() == first)
        tokens.forget(Secret("somebody's"))
        #expect(try await tokens.token() == first)
        tokens.forget(first)
        #expect(try await tokens.token() != first)
    }

    @Test(arguments: Way.allCases)
    func `a token is replaced before it ends`(way: Way) async throws {
        let cloud = try await Cloud { $0.tokenLifetime = .seconds(600) }
        let tokens = tokens(way, cloud)
        let first = try await tokens.token()
        cloud.clock.advance(by: .seconds(539))
        #expect(try await tokens.token() == first)
        cloud.clock.advance(by: .seconds(2))
        let second = try await tokens.token()
        #expect(second != first)
        #expect(try await cloud.identity.tokenSource.caller(for: second, allowExpired: false) != nil)
    }

    @Test(arguments: Way.allCases)
    func `the catalog says where services are`(way: Way) async throws {
        let cloud = try await Cloud()
        let catalog = tokens(way, cloud)
        func address(_ type: String, _ interface: String = "internal", _ region: String? = nil) async throws -> String?
        {
            try await catalog.endpoint(type: type, interface: interface, region: region)
        }
        #expect(try await address("placement") == "http://127.0.0.1/placement")
        #expect(try await address("placement", "nobody's", "RegionOne") == "http://127.0.0.1/placement")
        #expect(try await address("placement", "internal", "elsewhere") == nil)
        #expect(try await address("compute") == nil)
        #expect(try await address("object-store")?.hasPrefix("http://127.0.0.1/v1/AUTH_") == true)
        #expect(try await address("object-store")?.contains("$") == false)
    }

    @Test(arguments: Way.allCases)
    func `an account that is not there has no token`(way: Way) async throws {
        let cloud = try await Cloud()
        let fault = await #expect(throws: Fault.self) { try await tokens(way, cloud, as: "nobody").token() }
        #expect(fault?.kind == .unavailable)
        #expect(fault?.message.contains("nobody") == false)
        #expect(fault?.context?.contains("'nobody'") == true)
    }
}
