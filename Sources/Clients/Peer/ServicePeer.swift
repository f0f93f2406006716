import FoundationEssentials
public import HTTPTypes
public import Model

/// A neighbour: the way to it, the token that it wants, the version that is spoken with it, and what its failures mean.
///
/// Every REST client stands on one of these, so that a refused token is renewed and a version is asked for in the same way everywhere.
public struct ServicePeer: Sendable {
    public let service: PeerService
    private let transport: any HTTPTransport
    private let tokens: (any ServiceTokens)?

    /// - Parameters:
    ///   - transport: to the address that the catalog has, such as `https://nova.example.org/v2.1`
    ///   - tokens: of this program at the neighbour; nil where it wants none
    public init(_ service: PeerService, transport: any HTTPTransport, tokens: (any ServiceTokens)?) {
        self.service = service
        self.transport = transport
        self.tokens = tokens
    }

    /// Responds with whatever status the neighbour gave. A token that it refuses is renewed, and the request sent once more.
    ///
    /// Throws 503 where the neighbour cannot be reached or there is no token, 401 where a user's token has ended and nothing goes on.
    public func send(_ request: PeerRequest, behalf: Behalf = .service) async throws(Fault) -> PeerResponse {
        guard case .user(let user, let afterwards) = behalf else { return try await send(request, vouchedBy: nil) }
        let answer = try await exchange(request, TokenExchange(tokens: user, voucher: tokens))
        guard answer.status == 401 else { return answer }
        switch afterwards {
        case .service: return try await send(request, vouchedBy: nil)
        case .fails:
            throw Fault(
                .unauthorized, "\(service.subject) no longer accepts the user's token; sign in again.",
                context: "\(request.place) answered 401")
        }
    }

    /// The same on this program's own behalf, with the token of a service beside it that passes the request on.
    public func send(
        _ request: PeerRequest, vouchedBy voucher: (any ServiceTokens)?
    ) async throws(Fault) -> PeerResponse {
        guard let tokens else { return try await transport.send(request) }
        return try await exchange(request, TokenExchange(tokens: tokens, voucher: voucher))
    }

    private func exchange(_ request: PeerRequest, _ tokens: TokenExchange) async throws(Fault) -> PeerResponse {
        try await tokens.send(request) { request throws(Fault) in try await transport.send(request) }
    }

    /// A request for a JSON response in one version of the neighbour's API.
    public func request(
        _ method: HTTPRequest.Method, _ path: String, version: Microversion? = nil
    ) -> PeerRequest {
        var headers: HTTPFields = [.accept: "application/json"]
        if let version { headers[.openStackAPIVersion] = "\(service.type) \(version)" }
        return PeerRequest(method, path, headers: headers)
    }

    /// The same with a JSON body.
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

    /// The document of a response of 200 to 299. Throws what the neighbour refuses with, 502 where the document is another one.
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

    /// The neighbour answered what its API does not have.
    func unclear(_ context: String) -> Fault {
        Fault(.badGateway, "\(service.subject)'s answer is not understood.", context: context)
    }
}
