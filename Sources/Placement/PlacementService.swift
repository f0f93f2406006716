public import API
import Clients
public import Logging
public import Model
import Search
public import Store

/// The Placement service: what providers have, what consumers hold of it, and where more would fit.
///
///     HTTP ─▶ Endpoints ─▶ ProviderBook, InventoryBook, ClaimBook … ─▶ one transaction ─▶ change log
///                     └─▶ CandidateQuery ─▶ Search ─▶ CandidateWriter          │
///                              index ◀── IndexCoherence ◀──────────────────────┘
///
/// All it knows is in the store; the search index is derived from it and follows the change log, so any number of
/// replicas may serve one database.
public struct PlacementService: Sendable {
    public let endpoints: [Endpoint]
    /// An addition to the original's API: why a request fits where it does.
    let explanations: [Endpoint]
    let state: PlacementState
    let options: PlacementOptions

    /// - Parameters:
    ///   - store: the database with the tables of `PlacementMigrations`; `feed.store` if there is a feed
    ///   - feed: delivers other replicas' changes; without one, the index knows only this process's writes
    public init(
        store: any StateStore, feed: ChangeFeed? = nil, options: PlacementOptions = PlacementOptions(),
        time: TimeSource = .system, ids: IDSource = .random, logger: Logger
    ) {
        let coherence = IndexCoherence(store: store, logger: logger)
        if let feed { coherence.listen(to: feed) }
        let state = PlacementState(store: store, coherence: coherence, time: time, ids: ids)
        self.state = state
        self.options = options
        explanations = ExplainEndpoint(state: state, options: options).all
        endpoints =
            VersionEndpoint.all
            + ProviderEndpoints(state: state).all
            + InventoryEndpoints(state: state).all
            + UsageEndpoints(state: state).all
            + AggregateEndpoints(state: state).all
            + ProviderTraitEndpoints(state: state).all
            + ProviderAllocationEndpoint(state: state).all
            + TraitEndpoints(state: state).all
            + ResourceClassEndpoints(state: state).all
            + AllocationEndpoints(state: state, options: options).all
            + CandidateEndpoint(state: state, options: options).all
            + ReshaperEndpoint(state: state, options: options).all
    }

    /// Loads the search index from the database, so that the first search need not.
    package func warm() async throws {
        try await state.coherence.load()
    }

    /// The service as the dispatcher mounts it, at `/placement`.
    public func service(authenticator: any Authenticator, authorizer: any Authorizer) -> Service {
        Service(
            name: "placement", title: "Placement API", prefix: "/placement", family: PlacementFamily(time: state.time),
            endpoints: endpoints, versions: APIVersion.placement, authenticator: authenticator, authorizer: authorizer)
    }

    /// Explanations as the dispatcher mounts them, at `/placement/explain`, separate from the compatible API.
    package func explainService(authenticator: any Authenticator, authorizer: any Authorizer) -> Service {
        Service(
            name: "placement-explain", title: "Placement explanations", prefix: "/placement/explain",
            family: AgentFamily(), endpoints: explanations, authenticator: authenticator, authorizer: authorizer)
    }
}
