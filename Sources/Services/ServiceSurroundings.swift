public import API
public import Clients
public import Fleet
public import Logging
public import Settings
public import Store
public import Workflows

/// What a service is built from: the parts of the process that all services share.
public struct ServiceSurroundings: Sendable {
    public let settings: Settings
    /// The database; its writes wake `feed`.
    public let store: any StateStore
    public let feed: ChangeFeed
    /// Runs the workflows that a service registers.
    public let workflows: WorkflowEngine
    /// Gives work to hosts.
    public let dispatch: any WorkDispatch
    /// This process's session at a separate Keystone; nil if none is configured.
    public let session: KeystoneSession?
    /// What the services before this one in the list offer, and where it offers what it has for the later ones.
    public let offers: Offers
    /// The policy of a service in the list, for what it does for other services of this process.
    public let authorizer: @Sendable (ServiceName) -> any Authorizer
    public let logger: Logger

    public init(
        settings: Settings, feed: ChangeFeed, workflows: WorkflowEngine, dispatch: any WorkDispatch,
        session: KeystoneSession?, offers: Offers = Offers(),
        authorizer: @escaping @Sendable (ServiceName) -> any Authorizer, logger: Logger
    ) {
        self.settings = settings
        store = feed.store
        self.feed = feed
        self.workflows = workflows
        self.dispatch = dispatch
        self.session = session
        self.offers = offers
        self.authorizer = authorizer
        self.logger = logger
    }
}
