import Agent
import Clients
import LinkClient
public import Logging
import Model
import ServiceLifecycle
import Services
public import Settings
import UnixSignals

/// The agent of this host with a control plane elsewhere: `kilonova agent`.
public struct RemoteAgent: Sendable {
    private let settings: Settings
    private let logger: Logger

    public init(_ settings: Settings, logger: Logger) {
        self.settings = settings
        self.logger = logger
    }

    /// Enrols the host if necessary, and works until SIGTERM or SIGINT.
    ///
    /// Throws 400 for a missing setting, 401 if the host is not enrolled and there is no token.
    ///
    /// - Parameter onReady: called with the host's name when it is enrolled and everything is set up
    public func run(onReady: @escaping @Sendable (_ host: String) -> Void) async throws {
        let controlPlanes = settings.agent.controlPlanes
        guard !controlPlanes.isEmpty else {
            throw Fault.badRequest("agent.control_plane is needed: the URL of the control plane's listener for agents.")
        }
        let session = try Authentication.session(settings.auth.keystone)
        let folder = try await CredentialFolder(settings.agent.stateFolder + "/credentials")
        let credentials = try await HostEnrolment(
            folder: folder, controlPlanes: controlPlanes, authorityFile: settings.agent.certificateAuthority
        ).credentials(token: settings.agent.enrolmentToken, at: TimeSource.system.now())
        if let name = settings.agent.host, name != credentials.host.text {
            throw Fault.badRequest(
                "agent.host is '\(name)', but the host is enrolled as '\(credentials.host)'; enrol it anew or change it."
            )
        }
        let link = try HTTPAgentLink(
            HTTPAgentLink.Settings(controlPlanes: controlPlanes), credentials: credentials, folder: folder,
            logger: logger
        )
        // With an account of its own the agent goes to Placement itself; else the control plane relays what it asks of it.
        let placement: any PlacementClient =
            session.map { RESTPlacementClient(peer: Neighbours(settings, $0).peer(.placement)) } ?? link.placement
        let host = LocalHost(name: credentials.host, root: LocalHost.this(settings.agent).root)
        var warnings = HostWarnings()
        let agent = try AgentAssembly(settings: settings, logger: logger).agent(
            of: host, link: link, placement: placement, stateFolder: settings.agent.stateFolder + "/journal",
            makesRootProvider: settings.agent.makesResourceProvider,
            rootProvider: settings.agent.resourceProviderName, warnings: &warnings)
        warnings.log(logger)
        onReady(credentials.host.text)
        try await ServiceGroup(
            configuration: ServiceGroupConfiguration(
                services: [.init(service: link), .init(service: agent)],
                gracefulShutdownSignals: [.sigterm, .sigint], logger: logger)
        ).run()
    }
}
