import Conventions
import Logging
import Model
import Store
import Workflows

/// Applies the lifecycle of accelerator requests and what it asks for, in the caller's transaction.
struct RequestBook: Sendable {
    let desk: HandleDesk
    let journal: WorkflowJournal
    let ids: IDSource
    let durations: BindingDurations
    /// False where there is no compute service to tell.
    let tellsCompute: Bool
    let trail: AuditTrail
    let logger: Logger

    /// Applies `event` to each request; those it does not belong to stay as they are.
    ///
    /// - Parameters:
    ///   - reason: why they failed
    ///   - behalf: whose work this goes on with; nil: the actor's own
    func apply(
        _ event: RequestLifecycle.Event, to requests: [AcceleratorRequest], reason: String? = nil,
        by actor: Actor = .system, on behalf: WorkflowBehalf? = nil, at now: Timestamp,
        in transaction: any Transaction
    ) throws {
        var events: [NotifyWorkflow.Event] = []
        for request in requests {
            var lifecycle = RequestLifecycle(state: request.state)
            guard let actions = lifecycle.apply(event) else { continue }
            try write(
                lifecycle.state, request, isUnbound: event == .unbind, reason: reason, at: now, in: transaction)
            if lifecycle.state != request.state {
                try note(Self.action(of: lifecycle.state), request, reason, by: actor, at: now, in: transaction)
            }
            if event == .failed { report(reason, of: request) }
            for action in actions {
                switch action {
                case .release: try release(request, by: actor, at: now, in: transaction)
                case .tell(let isBound):
                    if let instance = request.instance {
                        events.append(.init(instance: instance, request: request.id, isBound: isBound))
                    }
                }
            }
        }
        try tell(events, on: behalf ?? actor.behalf, at: now, in: transaction)
    }

    /// Binds `request` with `handle`, both read in this transaction.
    func bind(
        _ request: AcceleratorRequest, to target: RequestPatch.Target, with handle: AttachHandle,
        by binding: WorkflowID?, deadline: Timestamp, as actor: Actor, at now: Timestamp,
        in transaction: any Transaction
    ) throws {
        var lifecycle = RequestLifecycle(state: request.state)
        guard lifecycle.apply(.bind(needsPreparation: binding != nil)) != nil else {
            throw Fault.conflict("The accelerator request \(request.id) is \(request.state.rawValue) already.")
        }
        try desk.apply(
            .reserve, to: handle, for: request.id, tenant: request.project, deadline: deadline, at: now,
            in: transaction)
        let moved = try transaction.execute(
            """
            UPDATE accelerator_requests SET state = \(lifecycle.state.rawValue), project = \(request.project),
                host = \(target.host),
                resource_provider = \(target.resourceProvider), instance = \(target.instance), handle = \(handle.id),
                binding = \(binding), reason = NULL, generation = generation + 1, updated_at = \(now)
            WHERE uuid = \(request.id) AND generation = \(request.generation)
            """)
        guard moved == 1 else { throw Self.moved(request) }
        try trail.note(
            AuditEvent(
                action: Self.action(of: lifecycle.state), actor: actor, owner: request.project, request: request.id,
                instance: target.instance, handle: handle.id, device: handle.device, host: target.host),
            at: now, in: transaction)
        try Self.wake(request, in: transaction)
    }

    /// Removes requests, giving their handles back.
    func delete(
        _ requests: [AcceleratorRequest], by actor: Actor, at now: Timestamp, in transaction: any Transaction
    ) throws {
        for request in requests {
            let removed = try transaction.execute(
                """
                DELETE FROM accelerator_requests
                WHERE uuid = \(request.id) AND generation = \(request.generation)
                """)
            guard removed == 1 else { throw Self.moved(request) }
            try note(.requestDeleted, request, by: actor, at: now, in: transaction)
            try release(request, by: actor, at: now, in: transaction)
            try Self.wake(request, in: transaction)
        }
    }

    /// Writes down that the compute service is to be told.
    ///
    /// - Parameter began: when it was first to be told, where this goes on with what is left
    func tell(
        _ events: [NotifyWorkflow.Event], since began: Timestamp? = nil, on behalf: WorkflowBehalf,
        at now: Timestamp, in transaction: any Transaction
    ) throws {
        guard tellsCompute, !events.isEmpty else { return }
        let began = began ?? now
        try journal.start(
            NotifyWorkflow.kind, id: ids.next(),
            input: NotifyWorkflow.Input(events: events, began: began.microseconds),
            deadline: began + durations.notification, on: behalf, at: now, in: transaction)
    }

    private func write(
        _ state: RequestLifecycle.State, _ request: AcceleratorRequest, isUnbound: Bool, reason: String?,
        at now: Timestamp, in transaction: any Transaction
    ) throws {
        var change: SQL =
            "state = \(state.rawValue), reason = \(reason), generation = generation + 1, updated_at = \(now)"
        if state != .bound { change += ", handle = NULL, binding = NULL" }
        if isUnbound { change += ", host = NULL, resource_provider = NULL, instance = NULL" }
        let moved = try transaction.execute(
            """
            UPDATE accelerator_requests SET \(change)
            WHERE uuid = \(request.id) AND generation = \(request.generation)
            """)
        guard moved == 1 else { throw Self.moved(request) }
        try Self.wake(request, in: transaction)
    }

    /// Lets callers know that wait for the request on any replica.
    private static func wake(_ request: AcceleratorRequest, in transaction: any Transaction) throws {
        try transaction.note(
            change: RequestWatch.changeKind, key: "\(request.id)", generation: request.generation + 1)
    }

    private func release(
        _ request: AcceleratorRequest, by actor: Actor, at now: Timestamp, in transaction: any Transaction
    ) throws {
        if request.state == .bindStarted, let binding = request.binding {
            // Perhaps nothing is left to wait for.
            try journal.wake(binding, at: now, in: transaction)
        }
        guard let id = request.handle, let handle = try desk.read([id], in: transaction).first else { return }
        try desk.apply(.release, to: handle, by: actor, at: now, in: transaction)
    }

    private func note(
        _ action: AuditEvent.Action, _ request: AcceleratorRequest, _ reason: String? = nil, by actor: Actor,
        at now: Timestamp, in transaction: any Transaction
    ) throws {
        try trail.note(
            AuditEvent(
                action: action, actor: actor, owner: request.project, request: request.id, instance: request.instance,
                handle: request.handle, host: request.host, detail: reason), at: now, in: transaction)
    }

    private func report(_ reason: String?, of request: AcceleratorRequest) {
        logger.warning(
            "an accelerator request could not be bound",
            metadata: [
                "request": "\(request.id)", "instance": "\(request.instance?.description ?? "")",
                "host": "\(request.host?.text ?? "")", "reason": "\(reason ?? "")",
            ])
    }

    /// The compute service never took the news of these: on record for the request's owner and for operators.
    func untold(
        _ events: [NotifyWorkflow.Event], because reason: String, at now: Timestamp, in transaction: any Transaction
    ) throws {
        guard !events.isEmpty else { return }
        let wanted = Dictionary(events.map { ($0.request, $0.instance) }) { first, _ in first }
        let requests = try transaction.all(
            """
            SELECT \(AcceleratorRequest.columns) FROM \(AcceleratorRequest.source)
            WHERE r.uuid IN \(list: events.map(\.request)) AND r.state IN ('Bound', 'BindFailed')
            """
        ) { row in try AcceleratorRequest(row) }
        for request in requests where wanted[request.id] == request.instance {
            // Why it could not be bound says more.
            try transaction.execute(
                """
                UPDATE accelerator_requests SET reason = COALESCE(reason, \(reason)), generation = generation + 1,
                    updated_at = \(now)
                WHERE uuid = \(request.id) AND generation = \(request.generation)
                """)
            try note(.computeUntold, request, reason, by: .system, at: now, in: transaction)
            try Self.wake(request, in: transaction)
            logger.warning(
                "the compute service never accepted an event",
                metadata: [
                    "request": "\(request.id)", "instance": "\(request.instance?.description ?? "")",
                    "reason": "\(reason)",
                ])
        }
    }

    private static func action(of state: RequestLifecycle.State) -> AuditEvent.Action {
        switch state {
        case .initial: .requestCreated
        case .bindStarted: .bindStarted
        case .bound: .bound
        case .bindFailed: .bindFailed
        case .unbound: .unbound
        }
    }

    private static func moved(_ request: AcceleratorRequest) -> Fault {
        .conflict("The accelerator request \(request.id) was changed by another call; try again.")
    }
}
