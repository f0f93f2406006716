import HTTPTypes
import HummingbirdCore
import HummingbirdTLS
public import Logging
import Model
import NIOCore
import NIOPosix
import NIOSSL
public import ServiceLifecycle

/// A listener: HTTP/1.1, TLS where configured, answers by a dispatcher. Stops gracefully: it takes no new connection,
/// and requests under way come to their end.
public struct HTTPServer: ServiceLifecycle.Service {
    private let configuration: ListenerConfiguration
    private let front: Front
    private let logger: Logger
    private let onListening: @Sendable (_ port: Int) async -> Void

    /// - Parameters:
    ///   - isReady: what keeps the process from serving well, for `/readyz`; empty when nothing does
    ///   - onListening: called once with the port, when connections are taken
    public init(
        _ configuration: ListenerConfiguration, dispatcher: Dispatcher, metrics: MetricsRegistry, logger: Logger,
        obstacles: @escaping @Sendable () async -> [String] = { [] },
        onListening: @escaping @Sendable (_ port: Int) async -> Void = { _ in }
    ) {
        self.configuration = configuration
        self.logger = logger
        self.onListening = onListening
        front = Front(
            configuration: configuration, dispatcher: dispatcher, metrics: metrics, obstacles: obstacles, logger: logger
        )
    }

    public func run() async throws {
        let front = front
        var quiet = logger
        quiet.logLevel = max(logger.logLevel, .warning)
        let base = HTTPServerBuilder.http1(
            configuration: .init(
                idleTimeout: .init(configuration.idleTime),
                httpDecoderConfiguration: .init(
                    maxHeaderFieldSize: 32 * 1024, maxHeaderListSize: 64 * 1024, maxHeaderFieldCount: 100)))
        let builder =
            try configuration.tls.map { tls in try HTTPServerBuilder.tls(base, tlsConfiguration: tls.made()) } ?? base
        let onListening = onListening
        let server = try builder.buildServer(
            configuration: .init(
                address: .hostname(configuration.host, port: configuration.port), serverName: nil,
                availableConnectionsDelegate: MaximumAvailableConnections(configuration.mostConnections)),
            eventLoopGroup: MultiThreadedEventLoopGroup.singleton, logger: quiet,
            responder: { request, writer, channel in try await front.respond(request, writer, channel) },
            onServerRunning: { channel in await onListening(channel.localAddress?.port ?? 0) })
        try await server.run()
    }
}

extension ListenerConfiguration.TLS {
    func made() throws -> TLSConfiguration {
        var tls = TLSConfiguration.makeServerConfiguration(
            certificateChain: try NIOSSLCertificate.fromPEMBytes(certificateChain).map { .certificate($0) },
            privateKey: .privateKey(try NIOSSLPrivateKey(bytes: privateKey, format: .pem)))
        tls.minimumTLSVersion = .tlsv12
        if let clientAuthorities {
            tls.trustRoots = .certificates(try NIOSSLCertificate.fromPEMBytes(clientAuthorities))
            tls.certificateVerification =
                requiresClientCertificate ? .noHostnameVerification : .optionalVerification
        }
        return tls
    }
}
