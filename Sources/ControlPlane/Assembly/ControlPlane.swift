import API
import Accelerators
import Access
import Clients
import Fleet
import Identity
import Logging
import Model
import Placement
import Sanitisation
import ServiceLifecycle
import Settings
import Store
import Workflows

/// Every service of a process over one store, wired, but not yet running and not yet listening.
///
///     listener ─▶ dispatcher ─▶ identity, placement, accelerator, agent (enrolment)
///     agents' listener ─▶ dispatcher ─▶ agent
///     change feed ─▶ placement's index, hub, forgotten tokens
///     workflow engine ─▶ binds, cleanings, notices
struct ControlPlane: Sendable {
    let settings: Settings
    let engine: WatchedStore
    let feed: ChangeFeed
    let workflows: WorkflowEngine
    let identity: IdentityService
    let placement: PlacementService
    let reception: AgentReception
    let hub: Hub
    let enrolment: Enrolment?
    let authority: CertificateAuthority?
    /// The services of the ordinary listener.
    let services: [API.Service]
    let readiness: Readiness
    private let accelerators: AcceleratorService
    private let policies: Policies
    private let keyring: FernetKeyring
    private let certificates: CertificateKeyring?
    private let logger: Logger

    /// - Parameter settings: already checked. Errors that only files and addresses can show are thrown as 400
    static func open(_ settings: Settings, _ logger: Logger) async throws -> ControlPlane {
        let engine = WatchedStore(try await StoreOpening.open(settings.database, logger))
        do {
            return try await ControlPlane(settings, engine, logger)
        } catch {
            await engine.close()
            throw error
        }
    }

    private init(_ settings: Settings, _ engine: WatchedStore, _ logger: Logger) async throws {
        self.settings = settings
        self.engine = engine
        self.logger = logger
        feed = ChangeFeed(engine, logger: logger)
        let store = feed.store
        workflows = WorkflowEngine(store: store, owner: ProcessName.unique(), time: .system, logger: logger)
        readiness = Readiness(engine)
        policies = try await Policies(of: ServiceList.all, settings.policy, logger)
        keyring = try await EmbeddedIdentity.keyring(settings)
        identity = try EmbeddedIdentity.service(settings, store, keyring, logger)

        let identity = identity
        let authentication = try Authentication(settings.auth, identity: identity, feed: feed)
        let authenticator = authentication.authenticator
        feed.subscribe("validated tokens", to: [IdentityService.changeKind]) { _ in identity.forget() }
        placement = PlacementService(
            store: store, feed: feed, options: PlacementOptions(settings.placement), logger: logger)

        certificates = try await CertificateKeys.open(settings, logger)
        let dispatch = StoreWorkDispatch()
        let placementClient = Self.placement(settings, placement, authentication.session)
        accelerators = AcceleratorService(
            store: store, workflows: workflows, dispatch: dispatch,
            events: try Notification.events(
                settings, Neighbours(settings, authentication.session, identity)),
            placement: placementClient,
            limits: try AcceleratorLimiting.limits(settings, identity, authentication.session),
            certificates: certificates,
            durations: BindingDurations(
                preparation: settings.accelerator.bindTimeout, answer: settings.accelerator.bindWait,
                cleaning: settings.accelerator.cleaningTimeout,
                notification: settings.accelerator.eventTimeout, silence: settings.accelerator.hostSilence,
                audit: settings.accelerator.auditAge),
            feed: feed, logger: logger)
        let hubSettings = HubSettings(heartbeat: settings.agents.heartbeatInterval)
        reception = AgentReception(
            store: store, parties: [accelerators.fleet], devices: accelerators.fleet,
            rules: hubSettings.livenessRules)
        hub = Hub(reception: reception, settings: hubSettings, feed: feed, logger: logger)
        if let folder = settings.agents.authorityFolder {
            let opened = try await CertificateAuthority.open(folder: folder)
            authority = opened
            enrolment = Enrolment(
                store: store, authority: opened, lifetime: settings.agents.certificateLifetime)
        } else {
            authority = nil
            enrolment = nil
        }

        var services: [API.Service] = []
        if settings.services.enabled.contains(.identity), settings.auth.strategy == .embedded {
            services.append(identity.service(authenticator: authenticator, authorizer: policies[.identity]))
        }
        if settings.services.enabled.contains(.placement) {
            let policy = policies[.placement]
            services.append(placement.service(authenticator: authenticator, authorizer: policy))
            services.append(placement.explainService(authenticator: authenticator, authorizer: policy))
        }
        if settings.services.enabled.contains(.accelerator) {
            services.append(accelerators.service(authenticator: authenticator, authorizer: policies[.accelerator]))
        }
        services.append(
            AgentEndpoints.service(
                hub: hub, reception: reception, enrolment: enrolment,
                authenticator: CertificateAuthenticator(store: store), placement: placementClient))
        self.services = services
    }

    var dispatcher: Dispatcher {
        Dispatcher(
            services, logger: logger, answers: answers,
            root: RootDocument.answer(services.map { ($0.name, $0.title, $0.prefix) }))
    }

    /// The dispatcher of the listener for agents.
    var agentsDispatcher: Dispatcher {
        Dispatcher(services.filter { $0.name == "agent" }, logger: logger, answers: answers)
    }

    /// Nil if responses are not checked.
    private var answers: AnswerCheck? {
        guard settings.listen.checksAnswers else { return nil }
        let logger = logger
        return AnswerCheck { logger.error("answer differs from its document", metadata: ["answer": "\($0)"]) }
    }

    /// Background work in the order of starting. It stops in the reverse order.
    var background: [any ServiceLifecycle.Service] {
        let feed = feed
        let keyring = keyring
        let accelerators = accelerators
        let certificates = certificates
        let logger = logger
        let keys = certificates.map { certificates in
            BackgroundTask("certificate keys") { await certificates.watch(logger: logger) }
        }
        let tokenKeys =
            keyring.folder == nil ? [] : [BackgroundTask("token keys") { await keyring.watch(logger: logger) }]
        return [
            BackgroundTask("change feed") { try await feed.run() },
            policies.refreshing,
            workflows,
            BackgroundTask("gauges") {
                while true {
                    do {
                        try await accelerators.measure()
                    } catch is CancellationError {
                        throw CancellationError()
                    } catch {
                        logger.debug("devices could not be counted", metadata: ["error": "\(error)"])
                    }
                    try await Task.sleep(for: .seconds(30))
                }
            },
            BackgroundTask("old events") {
                while true {
                    do {
                        try await accelerators.forgetOldEvents()
                    } catch is CancellationError {
                        throw CancellationError()
                    } catch {
                        logger.warning("old events cannot be removed", metadata: ["error": "\(error)"])
                    }
                    try await Task.sleep(for: .seconds(3600))
                }
            },
        ] + tokenKeys + (keys.map { [$0] } ?? [])
    }

    /// Placement as the accelerator service uses it for hosts that are down: this process's, or the one in Keystone's
    /// catalog; nil if there is neither.
    private static func placement(
        _ settings: Settings, _ own: PlacementService, _ session: KeystoneSession?
    ) -> (any PlacementClient)? {
        if settings.services.enabled.contains(.placement) { return LocalPlacementClient(own) }
        return session.map { RESTPlacementClient(peer: Neighbours(settings, $0).peer(.placement)) }
    }
}

extension ControlPlane {
    /// The connection of an agent that runs in this process.
    func link(of host: HostName) -> InProcessAgentLink {
        InProcessAgentLink(host: host, hub: hub, reception: reception)
    }

    /// Placement for agents that run in this process.
    var placementClient: any PlacementClient { LocalPlacementClient(placement) }
}
