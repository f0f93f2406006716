import API
import Fleet
import Logging
import Model
import ServiceLifecycle
import Services
import Settings
import Store
import UnixSignals

/// Runs a control plane: its background work, its listeners, and the other services of the process.
struct Serving: Sendable {
    let plane: ControlPlane
    let settings: Settings
    let logger: Logger
    /// Started before the listener of the services, stopped after it.
    var companions: [any ServiceLifecycle.Service] = []
    /// Whether SIGTERM and SIGINT stop it; otherwise only the end of the task does.
    var heedsSignals = true

    /// Serves until SIGTERM or SIGINT, or until the task is cancelled; then closes the store.
    ///
    /// - Parameter onReady: called with the base URL when requests are accepted; an error that it throws ends the
    ///   process
    func run(onReady: @escaping @Sendable (_ url: String) async throws -> Void) async throws {
        let (listener, address) = try Listening.services(settings)
        makeRoomForConnections()
        HeapTuning.keepPieces()
        let readiness = plane.readiness
        let plane = plane
        let settings = settings
        let (ready, announce) = AsyncStream.makeStream(of: Int.self)
        let server = HTTPServer(
            listener, dispatcher: plane.dispatcher, metrics: ProcessMetrics.registry, logger: logger,
            readiness: { await readiness.report(on: plane.dependencies) },
            onListening: { port in announce.yield(port) })
        var services = plane.background
        services += try await agentsListener()
        services.append(plane.hub)
        services += companions
        services.append(
            StartedService {
                try await plane.prepare()
                try await plane.feed.catchUp()
                HeapTuning.release()
                readiness.start()
            } then: {
                server
            })
        services.append(
            BackgroundTask("announcement") {
                for await port in ready {
                    try await onReady(Listening.baseURL(settings, address, port: port))
                }
                try await Task.sleep(for: .seconds(Int64.max / 2_000_000))
            })
        var configuration = ServiceGroupConfiguration(
            services: services.map { .init(service: $0) },
            gracefulShutdownSignals: heedsSignals ? [.sigterm, .sigint] : [],
            logger: logger)
        configuration.maximumGracefulShutdownDuration = settings.listen.drainTime + .seconds(5)
        let group = ServiceGroup(configuration: configuration)
        do {
            try await group.run()
        } catch {
            await plane.engine.close()
            throw error
        }
        await plane.engine.close()
    }

    /// Raises the limit of open files to fit the listeners' maximum numbers of connections, because a connection
    /// without a free descriptor is lost.
    private func makeRoomForConnections() {
        let agents = settings.agents.address == nil ? 0 : settings.agents.mostConnections
        let wanted = settings.listen.mostConnections + agents + 256
        let possible = OpenFiles.raise(to: wanted)
        guard possible < wanted else { return }
        logger.warning(
            "this process may open fewer files than its listeners take connections; raise its limit (LimitNOFILE)",
            metadata: ["limit": "\(possible)", "wanted": "\(wanted)"])
    }

    /// The listener for agents, always with mutual TLS by the control plane's own authority.
    private func agentsListener() async throws -> [any ServiceLifecycle.Service] {
        guard let text = settings.agents.address else { return [] }
        guard let authority = plane.authority else {
            throw Fault.badRequest(
                "agents.authority_folder is needed with agents.address: agents are known by certificates of that "
                    + "authority.")
        }
        let address = try AddressAndPort(text)
        var configuration = ListenerConfiguration(
            host: address.host, port: address.port, tls: try authority.listenerTLS(names: settings.agents.serverNames),
            logsAccess: settings.log.access, hasProbes: false, mostConnections: settings.agents.mostConnections)
        configuration.setting = "agents.address"
        let logger = logger
        return [
            HTTPServer(
                configuration, dispatcher: plane.agentsDispatcher, metrics: ProcessMetrics.registry, logger: logger,
                onListening: { port in logger.info("agents are answered at \(address.url(scheme: "https", port: port))")
                })
        ]
    }
}

/// A service that starts when something else is done.
private struct StartedService<Inner: ServiceLifecycle.Service>: ServiceLifecycle.Service {
    let prepare: @Sendable () async throws -> Void
    let inner: @Sendable () -> Inner

    init(
        _ prepare: @escaping @Sendable () async throws -> Void, then inner: @escaping @Sendable () -> Inner
    ) {
        self.prepare = prepare
        self.inner = inner
    }

    func run() async throws {
        do {
            try await cancelWhenGracefulShutdown { try await prepare() }
        } catch is CancellationError {
            return
        }
        try await inner().run()
    }
}
