import HTTPTypes
import HummingbirdCore
import Logging
import Model
import NIOCore
import NIOSSL

/// Handles what concerns every request: forwarding headers, CORS, probes, body limit, access log, metrics.
///
/// A class, because every connection's task holds it.
final class Front: Sendable {
    let configuration: ListenerConfiguration
    let dispatcher: Dispatcher
    let metrics: MetricsRegistry
    let readiness: @Sendable () async -> ReadinessReport
    let logger: Logger
    private let proxies: [AddressRange]
    private let requestMetrics: RequestMetrics
    let open = OpenRequests()
    private let clock = ContinuousClock()

    init(
        configuration: ListenerConfiguration, dispatcher: Dispatcher, metrics: MetricsRegistry,
        readiness: @escaping @Sendable () async -> ReadinessReport, logger: Logger
    ) {
        self.configuration = configuration
        self.dispatcher = dispatcher
        self.metrics = metrics
        self.readiness = readiness
        self.logger = logger
        proxies = configuration.trustedProxies.compactMap(AddressRange.init)
        requestMetrics = RequestMetrics(metrics)
    }

    @concurrent
    func respond(_ request: Request, _ writer: consuming ResponseWriter, _ channel: any Channel) async throws {
        let begin = clock.now
        let target = request.head.path ?? "/"
        var headers = request.headers
        let complaint = HostField.complaint(&headers)
        if complaint == nil, configuration.hasProbes, let probe = await probe(request.method, target) {
            try await writer.write(response: probe.0, body: ResponseBody(byteBuffer: ByteBuffer(string: probe.1)))
            return
        }
        if complaint == nil, request.method == .options {
            try await writer.writeResponse(options(request.headers))
            return
        }
        let peer = await peer(of: request, channel)
        var whole = APIRequest(request.method, target, headers: headers, peer: peer)
        if complaint == nil, dispatcher.streams(request.method, target) {
            whole.arriving = arriving(request, channel)
        }
        let known = whole
        var answer = await open.run(for: channel) { await self.answer(to: request, known, complaint) }
        addCORS(&answer.headers, request.headers)
        if let arriving = known.arriving, await !arriving.isAtEnd { answer.headers[.connection] = "close" }
        try await write(answer, writer, channel)
        let span = begin.duration(to: clock.now)
        requestMetrics.record(answer, request.method, span)
        if configuration.logsAccess { logAccess(request.method, target, answer, peer, span) }
    }

    private func peer(of request: Request, _ channel: any Channel) async -> Peer {
        let remote = channel.remoteAddress?.ipAddress ?? ""
        let isSecure = configuration.tls != nil
        var scheme = isSecure ? "https" : "http"
        var host = request.head.authority ?? "\(configuration.host):\(configuration.port)"
        var address = remote
        var isLoopback = remote == "::1" || remote.hasPrefix("127.")
        if !proxies.isEmpty, proxies.contains(where: { $0.contains(remote) }) {
            let forwarded = Forwarded(request.headers)
            scheme = forwarded.scheme ?? scheme
            host = forwarded.host ?? host
            if let client = forwarded.client {
                address = client
                isLoopback = false
            }
        }
        if !host.utf8.allSatisfy({ $0 > 0x20 && $0 != 0x22 && $0 != 0x3c && $0 != 0x3e && $0 < 0x7f }) {
            host = "localhost"
        }
        let names = configuration.tls?.clientAuthorities == nil ? [] : await PeerCertificate.names(of: channel)
        return Peer(
            address: address, isLoopback: isLoopback, certificateNames: names,
            origin: configuration.publicURL ?? "\(scheme)://\(host)")
    }

    private func probe(_ method: HTTPRequest.Method, _ target: String) async -> (HTTPResponse, String)? {
        guard target == "/healthz" || target == "/readyz" || target == "/metrics", method == .get || method == .head
        else {
            return nil
        }
        var head = HTTPResponse(status: .ok)
        head.headerFields[.contentType] = "text/plain; version=0.0.4; charset=utf-8"
        var text = "ok\n"
        switch target {
        case "/metrics": text = metrics.text()
        case "/readyz":
            let report = await readiness()
            if !report.obstacles.isEmpty { head.status = .serviceUnavailable }
            text = report.text
        default: break
        }
        if method == .head { text = "" }
        head.headerFields[.contentLength] = "\(text.utf8.count)"
        return (head, text)
    }

    private func allowedOrigin(_ headers: HTTPFields) -> String? {
        guard !configuration.corsOrigins.isEmpty, let origin = headers[.origin] else { return nil }
        return configuration.corsOrigins.contains("*") || configuration.corsOrigins.contains(origin) ? origin : nil
    }

    /// The response to OPTIONS, which is a browser's preflight request where it names an origin. If the origin is not allowed, or no
    /// origin is, the response lacks the headers that would allow it.
    private func options(_ headers: HTTPFields) -> HTTPResponse {
        var head = HTTPResponse(status: .ok)
        head.headerFields[.contentLength] = "0"
        guard !configuration.corsOrigins.isEmpty, headers[.accessControlRequestMethod] != nil, headers[.origin] != nil
        else {
            head.headerFields[.allow] = "\(Self.methods), OPTIONS"
            return head
        }
        head.headerFields[.vary] = "Origin"
        guard let origin = allowedOrigin(headers) else { return head }
        head.headerFields[.accessControlAllowOrigin] = origin
        head.headerFields[.accessControlAllowMethods] = Self.methods
        let asked = headers[.accessControlRequestHeaders]?.split(separator: ",") ?? []
        let allowed = asked.map { $0.filter { $0 != " " } }.filter { Self.crossOriginHeaders.contains($0.lowercased()) }
        if !allowed.isEmpty { head.headerFields[.accessControlAllowHeaders] = allowed.joined(separator: ",") }
        head.headerFields[.accessControlMaxAge] = "600"
        return head
    }

    private static let methods = "GET, HEAD, POST, PUT, PATCH, DELETE"

    private static let crossOriginHeaders: Set<String> = [
        "accept", "content-type", "if-match", "openstack-api-version", "x-auth-token", "x-service-token",
        "x-subject-token", "x-openstack-request-id",
    ]

    private func addCORS(_ headers: inout HTTPFields, _ request: HTTPFields) {
        guard let origin = allowedOrigin(request) else { return }
        headers[.accessControlAllowOrigin] = origin
        headers[.accessControlExposeHeaders] =
            "X-Subject-Token, X-OpenStack-Request-ID, OpenStack-API-Version, Location"
        headers.append(HTTPField(name: .vary, value: "Origin"))
    }

    /// Logs one line per request. The query is left out, because it may contain what should not be in logs.
    private func logAccess(
        _ method: HTTPRequest.Method, _ target: String, _ answer: APIResponse, _ peer: Peer, _ span: Duration
    ) {
        logger.info(
            "\(method.rawValue.prefix(16)) \(Self.shown(target)) \(answer.status)",
            metadata: [
                "us": "\(span.wholeMicroseconds)", "request_id": "\(answer.requestID)",
                "peer": "\(peer.address.prefix(64))",
                "user": "\(answer.caller?.user?.text ?? "-")", "project": "\(answer.caller?.project?.text ?? "-")",
            ])
    }

    /// The path in the log: printable, and truncated if it is long.
    static func shown(_ target: String) -> String {
        let most = 256
        let path = target.utf8.prefix { $0 != UInt8(ascii: "?") }
        let text = String(decoding: path.prefix(most).map { (0x21..<0x7f).contains($0) ? $0 : 0x3f }, as: UTF8.self)
        return path.count > most ? "\(text)... (\(path.count) bytes)" : text
    }
}
