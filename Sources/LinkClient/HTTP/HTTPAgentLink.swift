import AsyncHTTPClient
public import Clients
import FoundationEssentials
public import Link
public import Logging
public import Model
import NIOCore
import NIOHTTP1
public import ServiceLifecycle
import Synchronization

/// The agent's connection over HTTPS with mutual TLS: one endless stream with heartbeats up and desired states down, ordinary
/// requests beside it.
///
/// As a service, it renews its certificate after half of its lifetime. An open stream stays open, because its
/// certificate remains valid. It reconnects by itself with jittered back-off.
public final class HTTPAgentLink: DeviceLink, ServiceLifecycle.Service, Sendable {
    public struct Settings: Sendable {
        /// `https://host:port` of the control plane's listeners for agents; any of them can be used.
        public var controlPlanes: [String]
        /// A stream without data for this long counts as broken; three heartbeats of the control plane.
        public var silence: Duration
        /// The longest pause after the first failure; it doubles with each further one, up to the ceiling.
        package var reconnectFloor: Duration
        package var reconnectCeiling: Duration
        /// How often the certificate's renewal is checked.
        package var renewalCheck: Duration

        public init(
            controlPlanes: [String], silence: Duration = .seconds(45), reconnectFloor: Duration = .seconds(4),
            reconnectCeiling: Duration = .seconds(60), renewalCheck: Duration = .seconds(60)
        ) {
            self.controlPlanes = controlPlanes
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
        /// Of the open stream; nil if it takes no heartbeats.
        var heartbeats: HeartbeatStream?
    }

    private let settings: Settings
    private let addresses: ControlPlaneAddresses
    private let folder: CredentialFolder
    let time: TimeSource
    private let logger: Logger
    private let current: Mutex<Current>

    /// The host in the certificate.
    public let host: HostName

    /// - Parameter folder: contains the credentials of an enrolled host, and stores renewed ones
    public init(
        _ settings: Settings, credentials: AgentCredentials, folder: CredentialFolder, time: TimeSource = .system,
        logger: Logger
    ) throws(Fault) {
        self.settings = settings
        addresses = ControlPlaneAddresses(settings.controlPlanes)
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
            var told: Fault?
            while !Task.isCancelled {
                do throws(Fault) {
                    try await renewIfDue()
                    told = nil
                } catch {
                    if error != told {
                        logger.warning(
                            "the agent's certificate could not be renewed",
                            metadata: ["reason": "\(error.debugDescription)"])
                    }
                    told = error
                }
                do { try await time.sleep(for: settings.renewalCheck) } catch { break }
            }
        }
        await close()
    }

    /// Closes all connections and streams. The link cannot be used afterwards.
    public func close() async {
        await retireFormerClients()
        try? await current.withLock { current in
            current.isClosed = true
            return current.client
        }.shutdown()
    }

    /// Gets the next certificate if half of this one's lifetime is over.
    package func renewIfDue() async throws(Fault) {
        let credentials = current.withLock { $0.credentials }
        guard credentials.isDue(at: time.now()) else { return }
        let made = try HostKey.make(for: host.text)
        let (path, request) = (path("certificates"), RenewalRequest(signingRequest: made.request))
        let answer = try await call { http throws(Fault) in try await http.send(.POST, path, request) }
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

    /// A stream without data for this long counts as broken.
    var silence: Duration { settings.silence }

    private var http: AgentHTTP {
        AgentHTTP(client: current.withLock { $0.client }, base: addresses.current)
    }

    /// Sends a request to the first address that responds, beginning with the one in use; a request may be sent twice.
    ///
    /// - Parameter isRelayed: whether the response may come from a service behind the control plane, which another
    ///   replica would not reach either
    func call<Answer>(
        isRelayed: Bool = false, _ body: (AgentHTTP) async throws(Fault) -> Answer
    ) async throws(Fault) -> Answer {
        var tries = addresses.count
        while true {
            let http = http
            do throws(Fault) {
                return try await body(http)
            } catch {
                tries -= 1
                let isElsewhere =
                    error.code == AgentHTTP.unreachable || (!isRelayed && error.kind == .unavailable)
                guard isElsewhere, tries > 0 else { throw error }
                addresses.leave(http.base)
            }
        }
    }

    /// Placement, relayed by the control plane: the tree of this host. It needs no account except the host's
    /// certificate.
    public var placement: any PlacementClient { RelayedPlacementClient(self) }

    func path(_ rest: String) -> String {
        "/agent/v1/hosts/\(host.text.percentEncoded)/\(rest)"
    }

    public func report(_ report: PartyReport, of party: Party) async throws(Fault) {
        let path = path("parties/\(party.text.percentEncoded)/report")
        try await call { http throws(Fault) in _ = try await http.send(.PUT, path, report) }
    }

    public func report(_ report: HostReport) async throws(Fault) {
        let path = path("report")
        try await call { http throws(Fault) in _ = try await http.send(.PUT, path, report) }
    }

    public func change(_ change: HostReportChange) async throws(Fault) {
        let path = path("report")
        try await call { http throws(Fault) in _ = try await http.send(.PATCH, path, change) }
    }

    public func finish(_ item: WorkItemID, _ outcome: WorkOutcome) async throws(Fault) {
        let path = path("work/\(item)")
        try await call { http throws(Fault) in _ = try await http.send(.PUT, path, outcome) }
    }

    /// Not repeated at another address: what was handed over cannot be taken back.
    public func data(
        of item: WorkItemID, take: @Sendable (_ piece: [UInt8]) async throws(Fault) -> Void
    ) async throws(Fault) {
        let http = http
        do throws(Fault) {
            try await http.receive(path("work/\(item)/data"), take: take)
        } catch {
            if error.code == AgentHTTP.unreachable { addresses.leave(http.base) }
            throw error
        }
    }

    public func heartbeat(_ heartbeat: Heartbeat) async throws(Fault) {
        if let stream = current.withLock({ $0.heartbeats }) {
            switch await stream.send(try AgentHTTP.encoded(heartbeat)) {
            case .taken: return
            case .refused(let fault): throw fault
            case .unanswered: break
            }
        }
        let path = path("heartbeat")
        try await call { http throws(Fault) in _ = try await http.send(.PUT, path, heartbeat) }
    }

    public func holdings() async throws(Fault) -> HandleHoldings {
        let path = path("holdings")
        let bytes = try await call { http throws(Fault) in try await http.get(path) }
        do {
            return try JSONDecoder().decode(HandleHoldings.self, from: Data(bytes))
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
        var backoff = Backoff(
            floor: settings.reconnectFloor, ceiling: settings.reconnectCeiling, addresses: addresses.count)
        var log = StreamLog(logger)
        log.connecting(to: addresses.text)
        while !Task.isCancelled, !current.withLock({ $0.isClosed }) {
            await retireFormerClients()
            let begin = clock.now
            let http = http
            var failure: (any Error)?
            do {
                try await watch(http, after: applied) { heartbeats in
                    current.withLock { $0.heartbeats = heartbeats }
                    log.opened(http.base)
                } take: { line in
                    log.took(line)
                    applied = max(applied, line.revision)
                    continuation.yield(line)
                }
            } catch {
                failure = error
            }
            current.withLock { $0.heartbeats = nil }
            if Task.isCancelled || current.withLock({ $0.isClosed }) { return }
            log.ended(http.base, failure)
            addresses.leave(http.base)
            // A stream that is cut off again and again is as bad as none.
            if begin.duration(to: clock.now) > settings.silence { backoff.reset() }
            // Nothing but an operator lets this host in again.
            if (failure as? Fault)?.kind == .unauthorized { backoff.give() }
            do { try await time.sleep(for: backoff.next(draw: .random(in: 0...1))) } catch { return }
        }
    }
}
