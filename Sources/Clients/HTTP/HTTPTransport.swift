public import HTTPTypes
public import Model

/// Sends requests to one peer and returns its responses; a parameter of every REST client, so that tests can respond in
/// process.
public protocol HTTPTransport: Sendable {
    /// Returns the response with any status. Throws 503 if the peer cannot be reached or does not respond in time.
    func send(_ request: PeerRequest) async throws(Fault) -> PeerResponse
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
