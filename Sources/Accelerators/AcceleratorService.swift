public import API
public import Clients
public import Link
public import Logging
public import Model
public import Store
public import Workflows

/// The accelerator service: devices as hosts report them, device profiles, and accelerator requests with their binding.
///
///     HTTP ─▶ Endpoints ─▶ Binder ─▶ RequestBook, HandleDesk ─▶ one transaction
///     host report ─▶ AcceleratorFleet ─▶ ReportIntake ─────────▶ one transaction
///     journal ─▶ BindWorkflow, CleanWorkflow, NotifyWorkflow (whichever replica)
///
/// Stateless: all it knows is in the store. `workflows` must run somewhere on the same store.
public struct AcceleratorService: Sendable {
    public let endpoints: [Endpoint]
    /// Give it to the agents' link.
    public let fleet: AcceleratorFleet

    /// - Parameters:
    ///   - workflows: gets this service's definitions; run it beside
    ///   - dispatch: how hosts are given work
    ///   - events: the compute service; nil where there is none to tell
    public init(
        store: any StateStore, workflows: WorkflowEngine, dispatch: any WorkDispatch, events: (any ComputeEvents)?,
        limits: any AcceleratorLimits = Unlimited(), durations: BindingDurations = BindingDurations(),
        time: TimeSource = .system, ids: IDSource = .random, logger: Logger
    ) {
        let journal = workflows.journal
        let desk = HandleDesk(dispatch: dispatch, journal: journal, ids: ids, durations: durations)
        let book = RequestBook(
            desk: desk, journal: journal, ids: ids, durations: durations, tellsCompute: events != nil)
        let binder = Binder(
            store: store, desk: desk, book: book, journal: journal, limits: limits, time: time, ids: ids,
            durations: durations)
        fleet = AcceleratorFleet(
            desk: desk, dispatch: dispatch, journal: journal, time: time, ids: ids, logger: logger)
        workflows.register(BindWorkflow(desk: desk, book: book).definition)
        workflows.register(CleanWorkflow(desk: desk).definition)
        if let events {
            workflows.register(NotifyWorkflow(store: store, events: events, logger: logger).definition)
        }
        endpoints =
            VersionEndpoints.all
            + DeviceEndpoints(store: store, fleet: fleet, time: time).all
            + DeployableEndpoints(store: store, fleet: fleet, time: time).all
            + AttachHandleEndpoints(store: store, desk: desk, time: time).all
            + HostEndpoints(store: store, fleet: fleet, time: time).all
            + LimitEndpoints(store: store, limits: limits).all
            + AttributeEndpoints(store: store, time: time, ids: ids).all
            + DeviceProfileEndpoints(store: store, time: time, ids: ids).all
            + AcceleratorRequestEndpoints(
                store: store, binder: binder, book: book, limits: limits, time: time, ids: ids
            ).all
    }

    /// The service as the dispatcher mounts it, at `/accelerator`.
    public func service(authenticator: any Authenticator, authorizer: any Authorizer) -> Service {
        Service(
            name: "accelerator", title: "Accelerator API", prefix: "/accelerator", family: AcceleratorFamily(),
            endpoints: endpoints, authenticator: authenticator, authorizer: authorizer,
            rewrite: { PathAliases.rewrite($0) })
    }
}
