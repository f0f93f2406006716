public import Clients
import FoundationEssentials
import HTTPTypes
public import Model
import Synchronization

/// A Keystone in memory, behind the transport: signs in with `service-1`, `service-2`, …, validates tokens, shows limits.
public final class FakeKeystone: HTTPTransport {
    public struct Request: Sendable, Equatable {
        public let method: String
        public let path: String
        public let token: String?
        public let subject: String?
    }

    private struct State {
        var requests: [Request] = []
        var signIns = 0
        var accepted: Set<String> = []
        var answers: [String: (status: Int, body: String)] = [:]
        var isDown = false
        var failure: Int?
        var refusesSignIn = false
    }

    private let state = Mutex(State())
    private let lifetime: Duration
    private let time: TimeSource
    private let catalog: String

    /// - Parameter catalog: the services' JSON, with commas between them
    public init(time: TimeSource, lifetime: Duration = .seconds(3600), catalog: String = FakeKeystone.services) {
        self.time = time
        self.lifetime = lifetime
        self.catalog = catalog
    }

    /// Placement and the accelerator service in two regions.
    public static let services = """
        {"type":"placement","name":"placement","endpoints":[
        {"interface":"public","region":"one","url":"http://public"},
        {"interface":"internal","region":"two","url":"http://internal"}]},
        {"id":"s1","type":"accelerator","name":"cyborg","endpoints":[
        {"id":"e1","interface":"public","region":"one","url":"http://a"},
        {"id":"e2","interface":"internal","region":"one","url":"http://b"},
        {"id":"e3","interface":"public","region":"two","url":"http://c"}]}
        """

    public var requests: [Request] { state.withLock { $0.requests } }
    public var signIns: Int { state.withLock { $0.signIns } }
    public func answer(_ path: String, _ status: Int, _ body: String) {
        state.withLock { $0.answers[path] = (status, body) }
    }
    public func setDown(_ isDown: Bool) { state.withLock { $0.isDown = isDown } }
    public func setFailure(_ status: Int?) { state.withLock { $0.failure = status } }
    public func setRefusing(_ refuses: Bool) { state.withLock { $0.refusesSignIn = refuses } }
    public func revokeServiceTokens() { state.withLock { $0.accepted = [] } }
    public func forgetRequests() { state.withLock { $0.requests = [] } }

    public func send(_ request: PeerRequest) async throws(Fault) -> PeerResponse {
        let subject = request.headers[Self.field("X-Subject-Token")]
        let own = request.headers[Self.field("X-Auth-Token")]
        let expires = (time.now() + lifetime).isoZulu
        let outcome: Result<PeerResponse, Fault> = state.withLock { state in
            state.requests.append(
                Request(method: request.method.rawValue, path: request.path, token: own, subject: subject))
            if state.isDown { return .failure(.unavailable("unreachable")) }
            if let failure = state.failure { return .success(PeerResponse(status: failure)) }
            if request.method == .post, request.path == "/v3/auth/tokens" {
                state.signIns += 1
                if state.refusesSignIn { return .success(PeerResponse(status: 401)) }
                let token = "service-\(state.signIns)"
                state.accepted.insert(token)
                var headers: HTTPFields = [:]
                headers[Self.field("X-Subject-Token")] = token
                let body = """
                    {"token":{"user":{"id":"svc","name":"kilonova"},"roles":[{"id":"1","name":"service"}],
                    "expires_at":"\(expires)","catalog":[\(catalog)]}}
                    """
                return .success(PeerResponse(status: 201, headers: headers, body: Array(body.utf8)))
            }
            guard let own, state.accepted.contains(own) else { return .success(PeerResponse(status: 401)) }
            let key = subject.map { "\(request.path) \($0)" } ?? request.path
            guard let answer = state.answers[key] else { return .success(PeerResponse(status: 404)) }
            return .success(PeerResponse(status: answer.status, body: Array(answer.body.utf8)))
        }
        return try outcome.get()
    }

    private static func field(_ name: String) -> HTTPField.Name { HTTPField.Name(name) ?? .authorization }
}
