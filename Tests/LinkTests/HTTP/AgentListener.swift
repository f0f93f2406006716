import API
import Fleet
import Foundation
import LinkClient
import Logging
import Model
import ServiceLifecycle
import Synchronization

/// The agents' listener over real TLS on a free port, and an ordinary one for enrolment, around a `LinkWorld`.
struct AgentListener: Sendable {
    let world: LinkWorld
    let authority: CertificateAuthority
    let enrolment: Enrolment
    /// Base URL of the listener with mutual TLS.
    let secure: String
    /// Base URL of the listener without.
    let plain: String

    static func run(
        lifetime: Duration = .seconds(86_400),
        settings: HubSettings = HubSettings(heartbeat: .seconds(15), tick: .milliseconds(5)),
        _ body: @Sendable (AgentListener) async throws -> Void
    ) async throws {
        try await LinkWorld.run(settings: settings) { world in
            let authority = try await CertificateAuthority.open(folder: world.folder.appending(path: "ca").path)
            let enrolment = Enrolment(store: world.store, authority: authority, lifetime: lifetime)
            let service = AgentEndpoints.service(
                hub: world.hub, reception: world.reception, enrolment: enrolment,
                authenticator: CertificateAuthenticator(store: world.store), placement: world.placement)
            let tls = try authority.listenerTLS(names: ["localhost", "127.0.0.1", "::1"])
            try await serve(service, tls: tls) { secure in
                try await serve(service, tls: nil) { plain in
                    try await body(
                        AgentListener(
                            world: world, authority: authority, enrolment: enrolment,
                            secure: "https://127.0.0.1:\(secure)", plain: "http://127.0.0.1:\(plain)"))
                }
            }
        }
    }

    /// Serves until `body` returns.
    ///
    /// - Parameter arrival: how long a request may take to arrive
    static func serve(
        _ service: API.Service, tls: ListenerConfiguration.TLS?, port: Int = 0, arrival: Duration = .seconds(30),
        _ body: @Sendable (Int) async throws -> Void
    ) async throws {
        let (ports, sink) = AsyncStream.makeStream(of: Int.self)
        var configuration = ListenerConfiguration(host: "127.0.0.1", port: port, tls: tls, logsAccess: false)
        configuration.arrivalTime = arrival
        // A slow machine is no idle client.
        configuration.idleTime = .seconds(3600)
        let server = HTTPServer(
            configuration,
            dispatcher: Dispatcher([service], logger: LinkWorld.logger), metrics: MetricsRegistry(),
            logger: LinkWorld.logger, onListening: { sink.yield($0) })
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask {
                // A listener that could not bind says so, instead of leaving the test to wait for its port.
                defer { sink.finish() }
                try await server.run()
            }
            var iterator = ports.makeAsyncIterator()
            guard let bound = await iterator.next() else {
                try await group.waitForAll()
                throw CancellationError()
            }
            do {
                try await body(bound)
            } catch {
                group.cancelAll()
                throw error
            }
            group.cancelAll()
        }
    }

    func folder(_ host: HostName) async throws -> CredentialFolder {
        try await CredentialFolder(world.folder.appending(path: "agent-\(host)").path)
    }

    /// Enrols `host` as its operator and its agent would.
    func enrol(_ host: HostName) async throws -> AgentCredentials {
        let token = try await enrolment.token(for: host)
        return try await HostEnrolment(folder: try await folder(host), controlPlanes: [plain], authorityFile: nil)
            .enrol(token: token, at: TimeSource.system.now())
    }

    func link(
        _ host: HostName, _ credentials: AgentCredentials, to bases: String..., silence: Duration = .seconds(20),
        logger: Logger = LinkWorld.logger
    ) async throws -> HTTPAgentLink {
        let settings = HTTPAgentLink.Settings(
            controlPlanes: bases.isEmpty ? [secure] : bases, silence: silence, reconnectFloor: .milliseconds(20),
            reconnectCeiling: .milliseconds(100))
        return try HTTPAgentLink(
            settings, credentials: credentials, folder: try await folder(host), logger: logger)
    }
}
