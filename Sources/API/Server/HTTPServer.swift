import HTTPTypes
import HummingbirdCore
import HummingbirdTLS
public import Logging
import Model
import NIOCore
import NIOPosix
import NIOSSL
public import ServiceLifecycle

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#elseif canImport(Darwin)
    import Darwin
#endif

/// A listener: HTTP/1.1, TLS if configured, responses from a dispatcher. It stops gracefully: it accepts no new
/// connections, and requests in progress are completed.
public struct HTTPServer: ServiceLifecycle.Service {
    private let configuration: ListenerConfiguration
    private let front: Front
    private let logger: Logger
    private let onListening: @Sendable (_ port: Int) async -> Void

    /// - Parameters:
    ///   - readiness: what `/readyz` reports
    ///   - onListening: called once with the port, when connections are accepted
    public init(
        _ configuration: ListenerConfiguration, dispatcher: Dispatcher, metrics: MetricsRegistry, logger: Logger,
        readiness: @escaping @Sendable () async -> ReadinessReport = { ReadinessReport() },
        onListening: @escaping @Sendable (_ port: Int) async -> Void = { _ in }
    ) {
        self.configuration = configuration
        self.logger = logger
        self.onListening = onListening
        front = Front(
            configuration: configuration, dispatcher: dispatcher, metrics: metrics, readiness: readiness, logger: logger
        )
    }

    public func run() async throws {
        let front = front
        var quiet = logger
        quiet.logLevel = max(logger.logLevel, .warning)
        let rules = ConnectionGuard.Rules(arrival: configuration.arrivalTime, reading: configuration.readingTime)
        let waiting = WaitingConnections(limit: configuration.mostConnections)
        let connection = HTTP1Channel.Configuration(
            additionalChannelHandlers: [GuardInstaller { ConnectionGuard(rules, open: front.open, waiting: waiting) }],
            idleTimeout: .init(configuration.idleTime),
            httpDecoderConfiguration: .init(
                maxHeaderFieldSize: 32 * 1024, maxHeaderListSize: 64 * 1024, maxHeaderFieldCount: 100))
        let tls = try configuration.tls.map { tls in try tls.made() }
        let builder = HTTPServerBuilder { responder in
            let plain = HTTP1Channel(responder: responder, configuration: connection)
            guard let tls else { return plain }
            return SparseChannel(base: try TLSChannel(plain, tlsConfiguration: tls))
        }
        let onListening = onListening
        let server = try builder.buildServer(
            configuration: .init(
                address: .hostname(configuration.host, port: configuration.port), serverName: nil,
                availableConnectionsDelegate: MaximumAvailableConnections(configuration.mostConnections)),
            eventLoopGroup: MultiThreadedEventLoopGroup.singleton, logger: quiet,
            responder: { request, writer, channel in try await front.respond(request, writer, channel) },
            onServerRunning: { channel in await onListening(channel.localAddress?.port ?? 0) })
        do {
            try await server.run()
        } catch let error as IOError {
            throw refusal(error.errnoCode)
        } catch is SocketAddressError {
            throw Fault.badRequest(
                "\(configuration.setting): '\(configuration.host)' is no address of this machine and no name of one.")
        }
    }

    /// Why the listener cannot use the address.
    private func refusal(_ reason: Int32) -> Fault {
        let host = configuration.host.contains(":") ? "[\(configuration.host)]" : configuration.host
        let address = "\(host):\(configuration.port)"
        let setting = configuration.setting
        switch reason {
        case EADDRINUSE:
            return .conflict(
                "Another process listens at \(address); stop it (ss -ltnp names it), or set \(setting) to another port."
            )
        case EADDRNOTAVAIL:
            return .badRequest("\(setting): this machine has no address '\(configuration.host)'.")
        case EACCES:
            return .badRequest(
                "\(setting): this user may not listen at \(address); ports below 1024 need CAP_NET_BIND_SERVICE.")
        default:
            return .unavailable("\(setting): \(address) cannot be listened at: \(SystemError.text(reason)).")
        }
    }
}

extension ListenerConfiguration.TLS {
    func made() throws -> TLSConfiguration {
        var tls = TLSConfiguration.makeServerConfiguration(
            certificateChain: try NIOSSLCertificate.fromPEMBytes(certificateChain).map { .certificate($0) },
            privateKey: .privateKey(try NIOSSLPrivateKey(bytes: privateKey, format: .pem)))
        tls.minimumTLSVersion = .tlsv12
        // What authenticates as it encrypts, with keys that are forgotten; no CBC. TLS 1.3 has nothing else.
        tls.cipherSuites = "ECDHE+AESGCM:ECDHE+CHACHA20"
        if let clientAuthorities {
            tls.trustRoots = .certificates(try NIOSSLCertificate.fromPEMBytes(clientAuthorities))
            tls.certificateVerification =
                requiresClientCertificate ? .noHostnameVerification : .optionalVerification
        }
        return tls
    }
}
