public import HTTPTypes
public import Model

/// Carries requests to one peer and brings back its answers; a parameter of every REST client, so that tests answer in
/// process.
public protocol HTTPTransport: Sendable {
    /// Answers whatever status the peer gave. Throws 503 where the peer cannot be reached or does not answer in time.
    func send(_ request: PeerRequest) async throws(Fault) -> PeerResponse
}

/// A request to a peer.
public struct PeerRequest: Sendable {
    public var method: HTTPRequest.Method
    /// Below the peer's base address, with the query, percent-encoded: `/v3/auth/tokens?nocatalog`.
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

/// What the peer answered.
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
