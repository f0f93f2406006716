import Clients
import HTTPTypes
import Model
import Synchronization
import Testing

/// How a Barbican's responses are understood. What both ways to certificates share is in `KeyManagerTests`.
@Suite struct RESTCertificateSecretsTests {
    /// Answers metadata and payload.
    private final class PlayedBarbican: HTTPTransport {
        private let metadata: (Int, String)
        private let payload: (Int, String)
        private let received = Mutex<[PeerRequest]>([])

        init(_ metadata: (Int, String), _ payload: (Int, String) = (200, "bytes")) {
            self.metadata = metadata
            self.payload = payload
        }

        var requests: [PeerRequest] { received.withLock { $0 } }

        func send(_ request: PeerRequest) async throws(Fault) -> PeerResponse {
            received.withLock { $0.append(request) }
            let (status, body) = request.path.hasSuffix("/payload") ? payload : metadata
            return PeerResponse(status: status, body: Array(body.utf8))
        }
    }

    private static let found = #"""
        {"status": "ACTIVE", "secret_type": "certificate", "name": null, "content_types": {"default": "text/plain"},
         "secret_ref": "http://barbican/v1/secrets/5c8d8e3e-9a9b-4a59-a1b3-0f5e3d1c2b4a"}
        """#
    private let user = Caller(user: "u", scope: .unscoped, roles: [], token: Secret("user-token"))

    private func id() throws -> SecretID { try #require(SecretID("5c8d8e3e-9a9b-4a59-a1b3-0f5e3d1c2b4a")) }

    private func certificate(_ barbican: PlayedBarbican, for caller: Caller) async throws -> [UInt8] {
        try await RESTCertificateSecrets(
            peer: ServicePeer(.keyManager, transport: barbican, tokens: UserToken(Secret("own-token")))
        ).certificate(id(), for: caller)
    }

    @Test func `it is asked for with the user's token, in its own type`() async throws {
        let barbican = PlayedBarbican((200, Self.found))
        #expect(try await certificate(barbican, for: user) == Array("bytes".utf8))
        let path = "/v1/secrets/5c8d8e3e-9a9b-4a59-a1b3-0f5e3d1c2b4a"
        #expect(barbican.requests.map(\.path) == [path, "\(path)/payload"])
        #expect(barbican.requests.map { $0.headers[.accept] } == ["application/json", "text/plain"])
        for name in ["X-Auth-Token": "user-token", "X-Service-Token": "own-token"] {
            let field = try #require(HTTPField.Name(name.key))
            #expect(barbican.requests.allSatisfy { $0.headers[field] == name.value })
        }
    }

    @Test func `an odd type is asked for as bytes`() async throws {
        let odd = Self.found.replacing("text/plain", with: #"a\r\nb"#)
        let barbican = PlayedBarbican((200, odd))
        _ = try await certificate(barbican, for: user)
        #expect(barbican.requests.last?.headers[.accept] == "application/octet-stream")
    }

    @Test(arguments: [
        (401, 401), (403, 403), (404, 404), (429, 503), (500, 503), (503, 503),
    ])
    func `each refusal keeps its meaning`(status: Int, kind: Int) async throws {
        let body = #"{"code": 1, "title": "t", "description": "inner"}"#
        for barbican in [PlayedBarbican((status, body)), PlayedBarbican((200, Self.found), (status, body))] {
            let fault = await #expect(throws: Fault.self) { try await certificate(barbican, for: user) }
            #expect(fault?.kind.status == kind && fault?.message.contains("inner") == false, "\(status)")
        }
    }

    @Test func `what is no certificate is refused`() async throws {
        let without = Self.found.replacing(#", "content_types": {"default": "text/plain"}"#, with: "")
        let key = Self.found.replacing(#""certificate""#, with: #""symmetric""#)
        for barbican in [
            PlayedBarbican((200, without)), PlayedBarbican((200, key)), PlayedBarbican((200, Self.found), (200, "")),
            PlayedBarbican((200, Self.found), (406, "")),
        ] {
            let fault = await #expect(throws: Fault.self) { try await certificate(barbican, for: user) }
            #expect(fault?.kind == .badRequest)
        }
        let half = await #expect(throws: Fault.self) {
            try await certificate(PlayedBarbican((200, "[]")), for: user)
        }
        #expect(half?.kind == .badGateway)
    }

    @Test func `without a token nobody is asked`() async throws {
        let barbican = PlayedBarbican((200, Self.found))
        let caller = Caller(user: "u", scope: .unscoped, roles: [])
        let fault = await #expect(throws: Fault.self) { try await certificate(barbican, for: caller) }
        #expect(fault?.kind == .unauthorized && barbican.requests.isEmpty)
    }
}
