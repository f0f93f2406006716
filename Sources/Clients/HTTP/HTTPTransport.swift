public import HTTPTypes
public import Model

/// Sends requests to one peer and returns its responses; a parameter of every REST client, so that tests can respond in
/// process.
public protocol HTTPTransport: Sendable {
    /// Returns the response with any status. Throws 503 if the peer cannot be reached or does not respond in time.
    func send(_ request: PeerRequest) async throws(Fault) -> PeerResponse

    /// Hands the body of a response of 200 to 299 over as it arrives; the response that is returned has no body then. One of any
    /// other status is returned whole, and nothing is handed over.
    ///
    /// Throws as `send` does, also in the middle of the body, and what `take` throws.
    func receive(
        _ request: PeerRequest, take: @Sendable (_ piece: [UInt8]) async throws(Fault) -> Void
    ) async throws(Fault) -> PeerResponse
}

extension HTTPTransport {
    /// The whole body as one piece, for transports within the process.
    public func receive(
        _ request: PeerRequest, take: @Sendable (_ piece: [UInt8]) async throws(Fault) -> Void
    ) async throws(Fault) -> PeerResponse {
        var answer = try await send(request)
        guard (200..<300).contains(answer.status) else { return answer }
        try await take(answer.body)
        answer.body = []
        return answer
    }
}

/// A request to a peer.
public struct PeerRequest: Sendable {
    public var method: HTTPRequest.Method
    /// The path below the peer's base address, with the query, percent-encoded: `/v3/auth/tokens?nocatalog`.
    public var path: String
    public var headers: HTTPFields
    public var body: [UInt8]?

    public init(
        _ method: HTTPRequest.Method, _ path: String, headers: HTTPFields = [:], body: [UInt8]? = nil
    ) {
        self.method = method
        self.path = path
        self.headers = headers
        self.body = body
    }
}

/// The response of a peer.
public struct PeerResponse: Sendable {
    public var status: Int
    public var headers: HTTPFields
    public var body: [UInt8]

    public init(status: Int, headers: HTTPFields = [:], body: [UInt8] = []) {
        self.status = status
        self.headers = headers
        self.body = body
    }
}
