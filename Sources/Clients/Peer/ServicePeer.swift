import FoundationEssentials
public import HTTPTypes
public import Model

/// Another service: its transport, the token for it, its microversion, and the meaning of its failures.
///
/// Every REST client uses one, so that refused tokens are renewed and versions are requested in the same way
/// everywhere.
public struct ServicePeer: Sendable {
    public let service: PeerService
    private let transport: any HTTPTransport
    private let tokens: (any ServiceTokens)?

    /// - Parameters:
    ///   - transport: reaches the service's address in the catalog, such as `https://nova.example.org/v2.1`
    ///   - tokens: this program's tokens for the service; nil if it needs none
    public init(_ service: PeerService, transport: any HTTPTransport, tokens: (any ServiceTokens)?) {
        self.service = service
        self.transport = transport
        self.tokens = tokens
    }

    /// Returns the response with any status. If the service refuses the token, it is renewed and the request sent once
    /// more.
    ///
    /// Throws 503 if the service cannot be reached or there is no token, 401 if a user's token has expired and the
    /// request cannot be continued without it.
    public func send(_ request: PeerRequest, behalf: Behalf = .service) async throws(Fault) -> PeerResponse {
        try await exchange(request, behalf) { request throws(Fault) in try await transport.send(request) }
    }

    /// Hands the body of a response of 200 to 299 over as it arrives, as `HTTPTransport.receive` does; otherwise as `send`.
    func receive(
        _ request: PeerRequest, behalf: Behalf = .service,
        take: @Sendable (_ piece: [UInt8]) async throws(Fault) -> Void
    ) async throws(Fault) -> PeerResponse {
        try await exchange(request, behalf) { request throws(Fault) in
            try await transport.receive(request, take: take)
        }
    }

    /// Sends a request on this program's own behalf, together with the token of the service that forwards it.
    public func send(
        _ request: PeerRequest, vouchedBy voucher: (any ServiceTokens)?
    ) async throws(Fault) -> PeerResponse {
        try await exchange(request, vouchedBy: voucher) { request throws(Fault) in try await transport.send(request) }
    }

    private func exchange(
        _ request: PeerRequest, _ behalf: Behalf, by send: (PeerRequest) async throws(Fault) -> PeerResponse
    ) async throws(Fault) -> PeerResponse {
        guard case .user(let user, let afterwards) = behalf else {
            return try await exchange(request, vouchedBy: nil, by: send)
        }
        let answer = try await TokenExchange(tokens: user, voucher: tokens).send(request, by: send)
        guard answer.status == 401 else { return answer }
        switch afterwards {
        case .service: return try await exchange(request, vouchedBy: nil, by: send)
        case .fails:
            throw Fault(
                .unauthorized, "\(service.subject) no longer accepts the user's token; sign in again.",
                context: "\(request.place) answered 401")
        }
    }

    private func exchange(
        _ request: PeerRequest, vouchedBy voucher: (any ServiceTokens)?,
        by send: (PeerRequest) async throws(Fault) -> PeerResponse
    ) async throws(Fault) -> PeerResponse {
        guard let tokens else { return try await send(request) }
        return try await TokenExchange(tokens: tokens, voucher: voucher).send(request, by: send)
    }

    /// A request for a JSON response in one version of the neighbour's API.
    public func request(
        _ method: HTTPRequest.Method, _ path: String, version: Microversion? = nil
    ) -> PeerRequest {
        var headers: HTTPFields = [.accept: "application/json"]
        if let version { headers[.openStackAPIVersion] = "\(service.type) \(version)" }
        return PeerRequest(method, path, headers: headers)
    }

    /// A request with a JSON body.
    public func request(
        _ method: HTTPRequest.Method, _ path: String, _ body: some Encodable, version: Microversion? = nil
    ) throws(Fault) -> PeerRequest {
        var request = request(method, path, version: version)
        request.headers[.contentType] = "application/json"
        do {
            request.body = Array(try JSONEncoder().encode(body))
        } catch {
            throw .internalError("a request to \(service.name) could not be written: \(error)")
        }
        return request
    }

    /// The document in a response of 200 to 299. Throws the service's refusal, or 502 if the document is unreadable.
    func read<Document: Decodable>(
        _ type: Document.Type, _ answer: PeerResponse, _ request: PeerRequest,
        refusal: (PeerResponse) -> PeerRefusal = { _ in PeerRefusal() }
    ) throws(Fault) -> Document {
        guard (200..<300).contains(answer.status) else { throw fault(answer, to: request, refusal(answer)) }
        do {
            return try JSONDecoder().decode(type, from: Data(answer.body))
        } catch {
            throw unclear("\(request.place): \(error)")
        }
    }

    /// The fault for a response that is not part of the service's API.
    func unclear(_ context: String) -> Fault {
        Fault(.badGateway, "\(service.subject)'s response cannot be read.", context: context)
    }
}
