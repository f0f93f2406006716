import Clients
import Console
import HTTPTypes
import Model
import Synchronization
import Testing

@Suite struct CloudSessionTests {
    /// A cloud in memory whose accelerator service refuses each account's first token.
    private final class Services: HTTPTransport {
        private let state = Mutex<(signIns: [String: Int], shown: [[String?]])>(([:], []))
        private static let subject = HTTPField.Name("X-Subject-Token") ?? .authorization

        var shown: [[String?]] { state.withLock { $0.shown } }

        func send(_ request: PeerRequest) async throws(Fault) -> PeerResponse {
            func value(_ name: String) -> String? { HTTPField.Name(name).flatMap { request.headers[$0] } }
            return state.withLock { state in
                if request.path == "/v3/auth/tokens" {
                    let body = String(decoding: request.body ?? [], as: UTF8.self)
                    let account = body.contains("helper") ? "helper" : "owner"
                    state.signIns[account, default: 0] += 1
                    let token = """
                        {"token": {"expires_at": "2099-01-01T00:00:00.000000Z", "user": {"id": "u", "name": "ann"}}}
                        """
                    return PeerResponse(
                        status: 201, headers: [Self.subject: "\(account)-\(state.signIns[account] ?? 0)"],
                        body: Array(token.utf8))
                }
                let tokens = [value("X-Auth-Token"), value("X-Service-Token")]
                state.shown.append(tokens)
                let isRefused = tokens.contains { $0?.hasSuffix("-1") == true }
                return PeerResponse(status: isRefused ? 401 : 200, body: Array(#"{"a":1}"#.utf8))
            }
        }
    }

    private func session(_ id: String, _ services: Services) throws -> CloudSession {
        let credentials = ServiceCredentials.applicationCredential(id: id, secret: Secret("b"))
        let cloud = Cloud(
            name: id, account: .identity(url: "http://k/v3", credentials),
            endpoints: ["accelerator": "http://a/v2", "placement": "http://p"])
        return try CloudSession(cloud) { _, _ throws(Fault) in services }
    }

    @Test func `a token that is refused is renewed, and so is that of the service which asks for the user`()
        async throws
    {
        let services = Services()
        let owner = try session("owner", services)
        let answer = try await owner.send(.get, .accelerator, "/devices", version: Microversion(2, 0))
        #expect(answer.compact == #"{"a":1}"#)
        #expect(services.shown == [["owner-1", nil], ["owner-2", nil]])
        let helper = try session("helper", services)
        try await owner.send(.get, .accelerator, "/devices", version: Microversion(2, 0), helper: helper)
        #expect(services.shown.dropFirst(2) == [["owner-2", "helper-1"], ["owner-3", "helper-2"]])
    }
}
