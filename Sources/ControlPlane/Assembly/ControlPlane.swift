import API
import Access
import Clients
import Fleet
import Identity
import Logging
import Model
import Placement
import ServiceLifecycle
import Services
import Settings
import Store
import Workflows

/// Every service of a process over one store, wired, but not yet running and not yet listening.
///
///     ServiceList ─▶ each room's tables, policy, APIs, background work
///     listener ─▶ dispatcher ─▶ identity, placement, accelerator, agent (enrolment)
///     agents' listener ─▶ dispatcher ─▶ agent
///     change feed ─▶ placement's index, hub, forgotten tokens
///     workflow engine ─▶ binds, cleanings, notices
struct ControlPlane: Sendable {
    let settings: Settings
    let rooms: [ServiceRoom]
    let engine: WatchedStore
    let feed: ChangeFeed
    let workflows: WorkflowEngine
    let identity: IdentityService
    let reception: AgentReception
    let hub: Hub
    let enrolment: Enrolment?
    let authority: CertificateAuthority?
    /// The services of the ordinary listener.
    let services: [API.Service]
    let readiness: Readiness
    private let placement: PlacementService
    private let hosted: [HostedService]
    private let policies: Policies
    private let logger: Logger

    /// - Parameters:
    ///   - settings: already checked, with the sections of `rooms`. Errors that only files and addresses can show are
    ///     thrown as 400
    ///   - rooms: the services, in the order in which they are built
    static func open(
        _ settings: Settings, rooms: [ServiceRoom] = ServiceList.all, _ logger: Logger
    ) async throws -> ControlPlane {
        let engine = WatchedStore(try await StoreOpening.open(settings.database, rooms, logger))
        do {
            return try await ControlPlane(settings, rooms, engine, logger)
        } catch {
            await engine.close()
            throw error
        }
    }

    private init(
        _ settings: Settings, _ rooms: [ServiceRoom], _ engine: WatchedStore, _ logger: Logger
    ) async throws {
        self.settings = settings
        self.rooms = rooms
        self.engine = engine
        self.logger = logger
        let feed = ChangeFeed(engine, logger: logger)
        self.feed = feed
        let policies = try await Policies(of: rooms, settings.policy, logger)
        self.policies = policies
        readiness = Readiness(engine)
        let surroundings = ServiceSurroundings(
            settings: settings, feed: feed,
            workflows: WorkflowEngine(store: feed.store, owner: ProcessName.unique(), time: .system, logger: logger),
            dispatch: StoreWorkDispatch(), session: try Authentication.session(settings.auth.keystone),
            authorizer: { policies[$0] }, logger: logger)
        workflows = surroundings.workflows

        var hosted: [(name: ServiceName, service: HostedService)] = []
        for room in rooms {
            let service = try await room.open(surroundings)
            hosted.append((room.name, service))
        }
        self.hosted = hosted.map(\.service)
        identity = try Self.offered(IdentityService.self, by: surroundings)
        placement = try Self.offered(PlacementService.self, by: surroundings)
        let authenticator = try Authentication(
            settings.auth, identity: identity, feed: feed, session: surroundings.session
        ).authenticator

        let hubSettings = HubSettings(heartbeat: settings.agents.heartbeatInterval)
        reception = AgentReception(
            store: surroundings.store, parties: hosted.flatMap(\.service.parties),
            rules: hubSettings.livenessRules)
        hub = Hub(reception: reception, settings: hubSettings, feed: feed, logger: logger)
        if let folder = settings.agents.authorityFolder {
            let opened = try await CertificateAuthority.open(folder: folder)
            authority = opened
            enrolment = Enrolment(
                store: surroundings.store, authority: opened, lifetime: settings.agents.certificateLifetime)
        } else {
            authority = nil
            enrolment = nil
        }

        var services: [API.Service] = []
        for (name, service) in hosted where settings.services.enabled.contains(name) {
            services += service.apis(authenticator, policies[name])
        }
        services.append(
            AgentEndpoints.service(
                hub: hub, reception: reception, enrolment: enrolment,
                authenticator: CertificateAuthenticator(store: surroundings.store),
                placement: surroundings.client((any PlacementClient).self) {
                    RESTPlacementClient(peer: $0.peer(.placement))
                }))
        self.services = services
    }

    /// What a service of the list offers the process. Throws 500 if none does.
    private static func offered<Value: Sendable>(
        _ type: Value.Type, by surroundings: ServiceSurroundings
    ) throws(Fault) -> Value {
        guard let value = surroundings.offers.find(type) else {
            throw .internalError("No service in the list offers \(type).")
        }
        return value
    }

    /// Loads what the services need in memory before the first request.
    func prepare() async throws {
        for service in hosted { try await service.prepare() }
    }

    /// What the services need besides the database.
    var dependencies: [Dependency] { hosted.flatMap { service in service.dependencies() } }

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
        var tasks: [any ServiceLifecycle.Service] = [
            BackgroundTask("change feed") { try await feed.run() }, policies.refreshing, workflows,
        ]
        for service in hosted { tasks.append(contentsOf: service.background) }
        return tasks
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
