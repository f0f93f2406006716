public import HTTPTypes
public import Model
import NIOCore

/// One HTTP request, from a socket or from inside the process.
public struct APIRequest: Sendable {
    public var method: HTTPRequest.Method
    /// Path and query as they were sent, percent-encoded.
    public var target: String
    public var headers: HTTPFields
    /// Empty where it is still `arriving`.
    public var body: [UInt8]
    public var peer: Peer
    /// The body, where its endpoint reads it as it comes.
    var arriving: ArrivingBody?

    public init(
        _ method: HTTPRequest.Method, _ target: String, headers: HTTPFields = [:], body: [UInt8] = [],
        peer: Peer = .inProcess
    ) {
        self.method = method
        self.target = target
        self.headers = headers
        self.body = body
        self.peer = peer
    }
}

/// The other end of a connection.
public struct Peer: Sendable, Equatable {
    /// The client's address as text; behind a trusted proxy, the address that the proxy reports.
    public var address: String
    public var isLoopback: Bool
    /// Names (DNS SANs, else the common name) of the client certificate that TLS verified.
    public var certificateNames: [String]
    /// `scheme://host[:port]` as the client sees the server.
    public var origin: String

    public init(address: String, isLoopback: Bool, certificateNames: [String] = [], origin: String) {
        self.address = address
        self.isLoopback = isLoopback
        self.certificateNames = certificateNames
        self.origin = origin
    }

    /// A caller in the same process.
    public static let inProcess = Peer(address: "127.0.0.1", isLoopback: true, origin: "http://127.0.0.1")
}

/// The response, and what the access log needs.
public struct APIResponse: Sendable {
    public var status: Int
    public var headers: HTTPFields
    public var body: Reply.Body
    public var requestID: RequestID
    public var caller: Caller?
    /// The service's name; nil if no service has the path.
    public var service: String?
    /// The endpoint's template, so that metrics have few labels.
    public var route: String?

    public init(status: Int, headers: HTTPFields, body: Reply.Body, requestID: RequestID) {
        self.status = status
        self.headers = headers
        self.body = body
        self.requestID = requestID
    }

    /// The body as bytes; a stream is read to its end.
    public func bytes() async throws -> [UInt8] {
        switch body {
        case .none: return []
        case .bytes(let bytes): return bytes
        case .buffer(let buffer): return Array(buffer: buffer)
        case .pieces(let next), .regions(_, pieces: let next):
            var bytes: [UInt8] = []
            while let piece = try await next() { bytes += piece.readableBytesView }
            return bytes
        case .pulled(let next):
            var bytes: [UInt8] = []
            while let chunk = try await next() { bytes += chunk }
            return bytes
        case .stream(let produce):
            let collected = CollectedBytes()
            try await produce { chunk in await collected.append(chunk) }
            return await collected.bytes
        }
    }
}

private actor CollectedBytes {
    var bytes: [UInt8] = []
    func append(_ chunk: [UInt8]) { bytes += chunk }
}
