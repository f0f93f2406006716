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
    private let longTimeout: TimeAmount

    /// Timeouts for a peer.
    public struct Patience: Sendable {
        public var connecting: Duration
        /// Timeout of a complete request, including the connection.
        public var request: Duration
        /// Timeout of a request whose body is handed over as it arrives.
        var receiving: Duration = .seconds(3600)

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
        // A peer that stops in the middle of a body is not waited for as long as the body may take.
        configuration.timeout.read = .seconds(60)
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
        longTimeout = .microseconds(patience.receiving.wholeMicroseconds)
        self.longestBody = longestBody
        client = HTTPClient(eventLoopGroupProvider: .singleton, configuration: configuration)
    }

    deinit {
        client.shutdown { _ in }
    }

    public func send(_ request: PeerRequest) async throws(Fault) -> PeerResponse {
        do {
            let answer = try await client.execute(outgoing(request), timeout: timeout)
            return try await whole(answer)
        } catch {
            throw unreachable(request, error)
        }
    }

    public func receive(
        _ request: PeerRequest, take: @Sendable (_ piece: [UInt8]) async throws(Fault) -> Void
    ) async throws(Fault) -> PeerResponse {
        do {
            let answer = try await client.execute(outgoing(request), timeout: longTimeout)
            guard (200..<300).contains(answer.status.code) else { return try await whole(answer) }
            for try await piece in answer.body { try await take(Array(piece.readableBytesView)) }
            return PeerResponse(status: Int(answer.status.code), headers: Self.headers(answer))
        } catch let fault as Fault {
            throw fault
        } catch {
            throw unreachable(request, error)
        }
    }

    private func outgoing(_ request: PeerRequest) -> HTTPClientRequest {
        var outgoing = HTTPClientRequest(url: base + request.path)
        outgoing.method = HTTPMethod(rawValue: request.method.rawValue)
        for field in request.headers { outgoing.headers.add(name: field.name.rawName, value: field.value) }
        if let body = request.body { outgoing.body = .bytes(body) }
        return outgoing
    }

    private func whole(_ answer: HTTPClientResponse) async throws -> PeerResponse {
        let body = try await answer.body.collect(upTo: longestBody)
        return PeerResponse(
            status: Int(answer.status.code), headers: Self.headers(answer), body: Array(body.readableBytesView))
    }

    private static func headers(_ answer: HTTPClientResponse) -> HTTPFields {
        var headers: HTTPFields = [:]
        for (name, value) in answer.headers {
            if let name = HTTPField.Name(name) { headers.append(HTTPField(name: name, value: value)) }
        }
        return headers
    }

    private func unreachable(_ request: PeerRequest, _ error: any Error) -> Fault {
        .unavailable(
            "\(name.prefix(1).uppercased() + name.dropFirst()) cannot be reached; try again later.",
            context: "\(request.method) \(base)\(Self.withoutQuery(request.path)): \(ConnectionTrouble.text(error))")
    }

    private static func withoutQuery(_ path: String) -> Substring {
        path.prefix { $0 != "?" }
    }
}
