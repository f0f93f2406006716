import AsyncHTTPClient
import HTTPTypes
public import Model
import NIOCore
import NIOHTTP1
import NIOSSL

/// Reaches a peer over the network, with connections kept alive. Redirects are not followed.
public final class NetworkTransport: HTTPTransport {
    private let base: String
    private let name: String
    private let client: HTTPClient
    private let timeout: TimeAmount

    /// Timeouts for a peer.
    public struct Patience: Sendable {
        public var connecting: Duration
        /// Timeout of a complete request, including the connection.
        public var request: Duration

        public init(connecting: Duration = .seconds(5), request: Duration = .seconds(20)) {
            self.connecting = connecting
            self.request = request
        }
    }

    private let longestBody: Int

    /// - Parameters:
    ///   - base: the URL below which the peer's paths begin, such as `https://keystone.example.org/identity`
    ///   - name: the peer's name in messages, such as `the identity service`
    ///   - caFile: certificates to trust, PEM; nil for the system's
    ///   - patience: timeouts
    ///   - longestBody: maximum number of bytes of a response; a longer one is an error
    /// Throws a 500 that names the file if `caFile` cannot be read.
    public init(
        base: String, name: String, caFile: String? = nil, patience: Patience = Patience(),
        longestBody: Int = 64 << 20
    ) throws(Fault) {
        var configuration = HTTPClient.Configuration()
        configuration.redirectConfiguration = .disallow
        configuration.timeout.connect = .microseconds(patience.connecting.wholeMicroseconds)
        // Whoever calls has a back-off of its own and wants to know at once that nobody answers.
        configuration.connectionPool.retryConnectionEstablishment = false
        // Below the five seconds after which a common web server hangs up on an idle client.
        configuration.connectionPool.idleTimeout = .seconds(4)
        if let caFile {
            do {
                var tls = TLSConfiguration.makeClientConfiguration()
                tls.trustRoots = .certificates(try NIOSSLCertificate.fromPEMFile(caFile))
                configuration.tlsConfiguration = tls
            } catch {
                throw .internalError("the CA file \(caFile) of \(name) cannot be read as PEM certificates: \(error)")
            }
        }
        self.base = base.hasSuffix("/") ? String(base.dropLast()) : base
        self.name = name
        timeout = .microseconds(patience.request.wholeMicroseconds)
        self.longestBody = longestBody
        client = HTTPClient(eventLoopGroupProvider: .singleton, configuration: configuration)
    }

    deinit {
        client.shutdown { _ in }
    }

    public func send(_ request: PeerRequest) async throws(Fault) -> PeerResponse {
        var outgoing = HTTPClientRequest(url: base + request.path)
        outgoing.method = HTTPMethod(rawValue: request.method.rawValue)
        for field in request.headers { outgoing.headers.add(name: field.name.rawName, value: field.value) }
        if let body = request.body { outgoing.body = .bytes(body) }
        do {
            let answer = try await client.execute(outgoing, timeout: timeout)
            let body = try await answer.body.collect(upTo: longestBody)
            var headers: HTTPFields = [:]
            for (name, value) in answer.headers {
                if let name = HTTPField.Name(name) { headers.append(HTTPField(name: name, value: value)) }
            }
            return PeerResponse(status: Int(answer.status.code), headers: headers, body: Array(body.readableBytesView))
        } catch {
            throw .unavailable(
                "\(name.prefix(1).uppercased() + name.dropFirst()) cannot be reached; try again later.",
                context: "\(request.method) \(base)\(Self.withoutQuery(request.path)): \(ConnectionTrouble.text(error))"
            )
        }
    }

    private static func withoutQuery(_ path: String) -> Substring {
        path.prefix { $0 != "?" }
    }
}
