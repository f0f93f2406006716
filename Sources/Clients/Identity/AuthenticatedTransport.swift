import HTTPTypes
public import Model

/// A transport to another service that sends the session's token along, and renews it once where it is refused.
public struct AuthenticatedTransport: HTTPTransport {
    private let transport: any HTTPTransport
    private let session: KeystoneSession

    public init(_ transport: any HTTPTransport, session: KeystoneSession) {
        self.transport = transport
        self.session = session
    }

    public func send(_ request: PeerRequest) async throws(Fault) -> PeerResponse {
        var request = request
        let token = try await session.token()
        request.headers[.authToken] = token.revealed
        let answer = try await transport.send(request)
        guard answer.status == 401 else { return answer }
        session.forget(token)
        request.headers[.authToken] = try await session.token().revealed
        return try await transport.send(request)
    }
}
