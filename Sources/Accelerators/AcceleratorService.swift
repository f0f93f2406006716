public import API
public import Clients
public import Conventions
public import CoreMetrics
public import Fleet
public import Logging
public import Model
public import Sanitisation
public import Store
public import Workflows

/// The accelerator service: devices as hosts report them, device profiles, and accelerator requests with their binding.
///
///     HTTP ─▶ Endpoints ─▶ Binder ─▶ RequestBook, HandleDesk ─▶ one transaction
///     host report ─▶ AcceleratorFleet ─▶ ReportIntake ─────────▶ one transaction
///     journal ─▶ BindWorkflow, CleanWorkflow, NotifyWorkflow, ProgrammingWorkflow (whichever replica)
///
/// Stateless: all it knows is in the store. `workflows` must run somewhere on the same store.
public struct AcceleratorService: Sendable {
    public let endpoints: [Endpoint]
    /// Must be passed to the agents' link.
    public let fleet: AcceleratorFleet
    let binder: Binder
    private let store: any StateStore
    private let creations: Creations
    private let time: TimeSource
    private let auditAge: Duration
    private let gauges: FleetGauges

    /// - Parameters:
    ///   - workflows: gets this service's definitions; the caller runs it
    ///   - dispatch: gives work to hosts
    ///   - events: the compute service; nil for none
    ///   - feed: notifies of other replicas' changes, for callers that wait for them
    ///   - certificates: signs certificates of cleaning; nil issues none
    ///   - placement: withholds the capacity of hosts that are down; nil leaves that to their agents
    ///   - images: what is loaded onto devices comes from there; nil loads nothing
    ///   - imageCertificates: the certificate that the key manager keeps under an id, PEM or DER, as the caller may read it; nil refuses
    ///     signed images
    ///   - requiresSignedImages: whether only signed images are loaded
    public init(
        store: any StateStore, workflows: WorkflowEngine, dispatch: any WorkDispatch, events: (any ComputeEvents)?,
        placement: (any PlacementClient)? = nil,
        limits: any ProjectLimits = Unlimited(), certificates: CertificateKeyring? = nil,
        images: (any ImageSource)? = nil,
        imageCertificates: (@Sendable (_ id: String, _ caller: Caller) async throws(Fault) -> [UInt8])? = nil,
        requiresSignedImages: Bool = false,
        durations: BindingDurations = BindingDurations(), feed: ChangeFeed? = nil, time: TimeSource = .system,
        ids: IDSource = .random, metrics: any MetricsFactory = MetricsSystem.factory, logger: Logger
    ) {
        let journal = workflows.journal
        let trail = AuditTrail(ids: ids)
        let counters = BindCounters(factory: metrics)
        let desk = HandleDesk(
            dispatch: dispatch, journal: journal, ids: ids, durations: durations, trail: trail,
            certificates: CertificateBook(keyring: certificates, ids: ids))
        let book = RequestBook(
            desk: desk, journal: journal, ids: ids, durations: durations, tellsCompute: events != nil,
            trail: trail, logger: logger)
        let programmings = ProgrammingBook(
            dispatch: dispatch, journal: journal, ids: ids, durations: durations, trail: trail)
        let imageDesk = ImageDesk(
            images: images, certificates: imageCertificates, requiresSignature: requiresSignedImages, time: time)
        let binder = Binder(
            store: store, desk: desk, book: book, journal: journal, limits: limits, time: time, ids: ids,
            durations: durations, placement: placement, counters: counters, images: imageDesk,
            programmings: programmings, logger: logger)
        fleet = AcceleratorFleet(
            desk: desk, dispatch: dispatch, journal: journal, time: time, ids: ids, trail: trail,
            programmings: programmings, images: images, withholds: placement != nil, logger: logger)
        Self.register(BindWorkflow(desk: desk, book: book), programmings, images, with: workflows)
        workflows.register(CleanWorkflow(desk: desk).definition)
        if let events {
            workflows.register(NotifyWorkflow(store: store, events: events, book: book).definition)
        }
        if let placement {
            let withholding = Withholding(store: store, placement: placement)
            workflows.register(
                AvailabilityWorkflow(store: store, withholding: withholding, durations: durations).definition)
        }
        let watch = WithheldWatch(store: store, dispatch: dispatch, time: time)
        // Within the feed's interval is soon enough: claims write providers all the time, and must not hurry it.
        _ = feed?.subscribe("withheld capacity", to: [WithheldWatch.changeKind], knowsOwnWrites: true) { news in
            try await watch.hear(news)
        }
        let creations = Creations(of: "accelerator", store: store, time: time, since: .accountability)
        self.binder = binder
        self.store = store
        self.creations = creations
        self.time = time
        auditAge = durations.audit
        gauges = FleetGauges(factory: metrics)
        endpoints =
            VersionEndpoints.all
            + DeviceEndpoints(store: store, fleet: fleet, time: time).all
            + DeployableEndpoints(store: store, fleet: fleet, time: time).all
            + ProgrammingEndpoints(
                store: store,
                programmer: Programmer(store: store, images: imageDesk, book: programmings, time: time),
                watch: ChangeWatch(feed, of: ProgrammingBook.changeKind) { WorkflowID($0) },
                patience: durations.programmingAnswer
            ).all
            + AttachHandleEndpoints(store: store, desk: desk, time: time).all
            + HostEndpoints(store: store, fleet: fleet, time: time).all
            + [HostDecommissioning(store: store, fleet: fleet, placement: placement, time: time).endpoint]
            + CertificateEndpoints(store: store, keyring: certificates, time: time).all
            + LimitEndpoints(store: store, limits: limits).all
            + AuditEndpoints(store: store).all
            + AttributeEndpoints(store: store, creations: creations, time: time, ids: ids).all
            + DeviceProfileEndpoints(store: store, creations: creations, time: time, ids: ids, trail: trail).all
            + AcceleratorRequestEndpoints(
                store: store, creations: creations, binder: binder, book: book, limits: limits,
                watch: RequestWatch.over(feed),
                patience: durations.answer, time: time, ids: ids
            ).all
    }

    /// Binds, and with an image service what is loaded for them and by itself.
    private static func register(
        _ binding: BindWorkflow, _ programmings: ProgrammingBook, _ images: (any ImageSource)?,
        with workflows: WorkflowEngine
    ) {
        workflows.register(binding.definition(BindWorkflow.kind))
        guard let images else { return }
        workflows.register(binding.definition(BindWorkflow.programmedKind))
        workflows.register(ProgrammingWorkflow(images: images, book: programmings, desk: binding.desk).definition)
    }

    /// Removes events, owners of instances that are gone, and idempotency keys that are older than they are kept, a thousand in a
    /// transaction. Call it now and then, on any replica.
    package func forgetOldEvents() async throws {
        let limit = time.now() - auditAge
        while try await store.write({ try AuditTrail.prune(before: limit, in: $0) }) == 1000 {
            try Task.checkCancellation()
        }
        while try await store.write({ try ProgrammingBook.prune(before: limit, in: $0) }) == 1000 {
            try Task.checkCancellation()
        }
        try await creations.sweep()
        let now = time.now()
        try await store.write { try HostFinding.prune(at: now, in: $0) }
        while try await store.write({ try InstanceOwners.prune(before: limit, in: $0) }) == 1000 {
            try Task.checkCancellation()
        }
    }

    /// Counts hosts, devices and attach handles by state for `/metrics`. It must be called regularly, on every replica.
    public func measure() async throws {
        try await gauges.record(from: store)
    }

    /// The service as the dispatcher mounts it, at `/accelerator`.
    public func service(authenticator: any Authenticator, authorizer: any Authorizer) -> Service {
        Service(
            name: "accelerator", title: "Accelerator API", prefix: "/accelerator", family: AcceleratorFamily(),
            endpoints: endpoints, versions: APIVersion.accelerator, authenticator: authenticator,
            authorizer: authorizer, rewrite: { PathAliases.rewrite($0) })
    }
}
