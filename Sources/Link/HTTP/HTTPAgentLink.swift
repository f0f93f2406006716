import AsyncHTTPClient
import FoundationEssentials
public import Logging
public import Model
import NIOCore
import NIOHTTP1
public import ServiceLifecycle
import Synchronization

/// The agent's connection over HTTPS with mutual TLS: one endless stream down, ordinary requests up.
///
/// As a service it renews its certificate at half of its life; a stream that is open stays so, for its certificate
/// holds on. Reconnects by itself with jittered back-off.
public final class HTTPAgentLink: AgentLink, ServiceLifecycle.Service, Sendable {
    public struct Settings: Sendable {
        /// `https://host:port` of the control plane's listener for agents.
        public var controlPlane: String
        /// A stream on which nothing came for so long is dead; three heartbeats of the control plane.
        public var silence: Duration
        /// The longest pause after the first failure; it doubles with each further one, up to the ceiling.
        public var reconnectFloor: Duration
        public var reconnectCeiling: Duration
        /// How often it is looked whether the certificate is due.
        public var renewalCheck: Duration

        public init(
            controlPlane: String, silence: Duration = .seconds(45), reconnectFloor: Duration = .seconds(4),
            reconnectCeiling: Duration = .seconds(60), renewalCheck: Duration = .seconds(60)
        ) {
            self.controlPlane = controlPlane
            self.silence = silence
            self.reconnectFloor = reconnectFloor
            self.reconnectCeiling = reconnectCeiling
            self.renewalCheck = renewalCheck
        }
    }

    private struct Current {
        var credentials: AgentCredentials
        var client: HTTPClient
        var former: [HTTPClient] = []
        var isClosed = false
    }

    private let settings: Settings
    private let folder: CredentialFolder
    private let time: TimeSource
    private let logger: Logger
    private let current: Mutex<Current>

    /// The host that the certificate names.
    public let host: HostName

    /// - Parameter folder: holds the credentials of an enrolled host, and takes renewed ones
    public init(
        _ settings: Settings, credentials: AgentCredentials, folder: CredentialFolder, time: TimeSource = .system,
        logger: Logger
    ) throws(Fault) {
        self.settings = settings
        self.folder = folder
        self.time = time
        self.logger = logger
        host = credentials.host
        current = Mutex(
            Current(
                credentials: credentials, client: try AgentHTTP.client(credentials, silence: settings.silence)))
    }

    /// Renews the certificate when it is due, until shutdown; then closes all connections.
    public func run() async throws {
        await cancelWhenGracefulShutdown { [self] in
            while !Task.isCancelled {
                do {
                    try await renewIfDue()
                } catch {
                    logger.warning(
                        "the agent's certificate could not be renewed",
                        metadata: ["error": "\(String(reflecting: error))"])
                }
                do { try await Task.sleep(for: settings.renewalCheck) } catch { break }
            }
        }
        await close()
    }

    /// Ends all connections and streams. Nothing works after it.
    public func close() async {
        await retireFormerClients()
        try? await current.withLock { current in
            current.isClosed = true
            return current.client
        }.shutdown()
    }

    /// Gets the next certificate where half of this one's life is over.
    public func renewIfDue() async throws(Fault) {
        let credentials = current.withLock { $0.credentials }
        guard credentials.isDue(at: time.now()) else { return }
        let made = try SigningRequest.make(for: host.text)
        let answer = try await http.send(
            .POST, path("certificates"), RenewalRequest(signingRequest: made.request))
        let renewed = try AgentCredentials(
            key: made.key, issued: try HostEnrolment.decode(IssuedCertificate.self, answer))
        try await folder.save(renewed)
        let client = try AgentHTTP.client(renewed, silence: settings.silence)
        current.withLock { current in
            // The former client carries the open stream; it is shut down when that has ended.
            current.former.append(current.client)
            current.client = client
            current.credentials = renewed
        }
        logger.info("the agent's certificate was renewed", metadata: ["until": "\(renewed.notAfter.isoZulu)"])
    }

    private func retireFormerClients() async {
        let clients = current.withLock { current in
            defer { current.former = [] }
            return current.former
        }
        for client in clients { try? await client.shutdown() }
    }

    private var http: AgentHTTP {
        AgentHTTP(client: current.withLock { $0.client }, base: settings.controlPlane)
    }

    private func path(_ rest: String) -> String {
        let name = host.text.utf8.map { byte -> String in
            let isPlain =
                (48...57).contains(byte) || (65...90).contains(byte) || (97...122).contains(byte) || byte == 45
                || byte == 46 || byte == 95
            return isPlain ? String(UnicodeScalar(byte)) : "%" + (byte < 16 ? "0" : "") + String(byte, radix: 16)
        }.joined()
        return "/agent/v1/hosts/\(name)/\(rest)"
    }

    public func report(_ report: HostReport) async throws(Fault) {
        try await http.send(.PUT, path("report"), report)
    }

    public func change(_ change: HostReportChange) async throws(Fault) {
        try await http.send(.PATCH, path("report"), change)
    }

    public func finish(_ item: WorkItemID, _ outcome: WorkOutcome) async throws(Fault) {
        try await http.send(.PUT, path("work/\(item)"), outcome)
    }

    public func heartbeat(_ heartbeat: Heartbeat) async throws(Fault) {
        try await http.send(.PUT, path("heartbeat"), heartbeat)
    }

    public func holdings() async throws(Fault) -> [HandleHolding] {
        let bytes = try await http.get(path("holdings"))
        do {
            return try JSONDecoder().decode(HandleHoldings.self, from: Data(bytes)).holdings
        } catch {
            throw .unavailable("The control plane's answer is not understood.", context: "holdings: \(error)")
        }
    }

    public func desiredStates(after revision: Int64) -> AsyncStream<DesiredState> {
        let (stream, continuation) = AsyncStream<DesiredState>.makeStream(bufferingPolicy: .bufferingNewest(1))
        let pump = Task { [weak self] in
            await self?.pump(after: revision, into: continuation)
            continuation.finish()
        }
        continuation.onTermination = { _ in pump.cancel() }
        return stream
    }

    private func pump(after revision: Int64, into continuation: AsyncStream<DesiredState>.Continuation) async {
        var applied = revision
        let clock = ContinuousClock()
        var backoff = Backoff(floor: settings.reconnectFloor, ceiling: settings.reconnectCeiling)
        while !Task.isCancelled, !current.withLock({ $0.isClosed }) {
            await retireFormerClients()
            let begin = clock.now
            do {
                try await watch(after: applied) { line in
                    applied = max(applied, line.revision)
                    continuation.yield(line)
                }
                logger.info("the control plane ended the stream")
            } catch {
                if Task.isCancelled || current.withLock({ $0.isClosed }) { return }
                logger.warning("no stream from the control plane", metadata: ["error": "\(String(reflecting: error))"])
            }
            // A stream that is cut off again and again is as bad as none.
            if begin.duration(to: clock.now) > settings.silence { backoff.reset() }
            do { try await Task.sleep(for: backoff.next(draw: .random(in: 0...1))) } catch { return }
        }
    }

    private func watch(after applied: Int64, _ take: (DesiredState) -> Void) async throws {
        let http = http
        let request = HTTPClientRequest(url: http.base + path("watch?after=\(applied)"))
        let response = try await http.client.execute(request, deadline: .distantFuture)
        guard response.status == .ok else {
            let body = try await response.body.collect(upTo: 64 * 1024)
            throw AgentHTTP.fault(response, Array(buffer: body))
        }
        var splitter = LineSplitter()
        for try await chunk in response.body {
            for line in try splitter.feed(chunk.readableBytesView) {
                take(try JSONDecoder().decode(DesiredState.self, from: Data(line)))
            }
        }
    }
}
