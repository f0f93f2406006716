import Clients
import Conventions
import Logging
import Model
import Store
import Workflows

/// Carries out a PATCH of accelerator requests: all of it, or none.
struct Binder: Sendable {
    let store: any StateStore
    let desk: HandleDesk
    let book: RequestBook
    let journal: WorkflowJournal
    let limits: any ProjectLimits
    let time: TimeSource
    let ids: IDSource
    let durations: BindingDurations
    /// Asked where a claim went whose provider was divided meanwhile; nil where there is none to ask.
    var placement: (any PlacementClient)?
    let counters: BindCounters
    let images: ImageDesk
    let programmings: ProgrammingBook
    let logger: Logger

    typealias Wish = (request: AcceleratorRequest, target: RequestPatch.Target)

    /// The requests for which hosts have to prepare yet.
    func apply(
        _ patch: RequestPatch, for caller: Caller, by actor: Actor
    ) async throws -> [AcceleratorRequestID] {
        let scope = RequestScope(caller)
        let checks = Checks(
            limits: try await checks(for: patch, as: scope), claims: try await claimCheck(for: patch),
            plans: try await plans(for: patch, as: scope, for: caller))
        do {
            return try await apply(patch, as: scope, by: actor, checks, nil)
        } catch let division as Successions.Division {
            guard let placement else {
                throw Fault.conflict(
                    "The resource provider was divided when its host's layout changed, and there is no Placement to ask "
                        + "where the claim went; schedule again. Nothing was bound.")
            }
            let claims = try await Successions.claims(of: patch.instances, on: division.providers, in: placement)
            return try await apply(patch, as: scope, by: actor, checks, claims)
        }
    }

    /// What was found out before the transaction, which must not wait for anyone.
    struct Checks: Sendable {
        let limits: [LimitCheck]
        let claims: ClaimCheck
        /// What the devices of requests must have loaded.
        var plans: [AcceleratorRequestID: ImagePlan] = [:]
    }

    private func apply(
        _ patch: RequestPatch, as scope: RequestScope, by actor: Actor, _ checks: Checks, _ claims: Successions.Claims?
    ) async throws -> [AcceleratorRequestID] {
        let now = time.now()
        return try await store.write { [self] transaction in
            try carryOut(patch, as: scope, by: actor, checks, claims, at: now, in: transaction)
        }
    }

    /// The same inside the caller's transaction. Throws `Successions.Division` where Placement must be asked, and `claims` says nothing.
    func carryOut(
        _ patch: RequestPatch, as scope: RequestScope, by actor: Actor, _ checks: Checks,
        _ claims: Successions.Claims?, at now: Timestamp, in transaction: any Transaction
    ) throws -> [AcceleratorRequestID] {
        let requests = try read(patch, as: scope, in: transaction)
        for request in requests {
            try patch.expected?.check(request.generation, of: "The accelerator request \(request.id)")
        }
        if patch.isIdempotent, let only = requests.first, patch.holds(for: only) {
            return only.state == .bindStarted ? [only.id] : []
        }
        let unbound = requests.filter { patch.changes[$0.id] == .unbind }
        try book.apply(.unbind, to: unbound, by: actor, at: now, in: transaction)
        return try bind(requests, patch, checks, claims, by: actor, at: now, in: transaction)
    }

    /// Deletes an instance's requests, whosever they are.
    func release(
        _ instance: InstanceID, by actor: Actor, at now: Timestamp, in transaction: any Transaction
    ) throws {
        let found = try transaction.all(
            """
            SELECT \(AcceleratorRequest.columns) FROM \(AcceleratorRequest.source)
            WHERE r.instance = \(instance) ORDER BY \(AcceleratorRequest.order)
            """
        ) { row in try AcceleratorRequest(row) }
        guard !found.isEmpty else { return }
        try book.delete(found, by: actor, at: now, in: transaction)
        try InstanceOwners.touch(instance, at: now, in: transaction)
    }

    /// Every request of the patch; 404 for one that is not there or is another project's.
    func read(
        _ patch: RequestPatch, as scope: RequestScope, in transaction: any Transaction
    ) throws -> [AcceleratorRequest] {
        let wanted = Array(patch.changes.keys)
        let requests = try transaction.all(
            """
            SELECT \(AcceleratorRequest.columns) FROM \(AcceleratorRequest.source)
            WHERE r.uuid IN \(list: wanted) AND \(scope.condition) ORDER BY \(AcceleratorRequest.order)
            """
        ) { row in try AcceleratorRequest(row) }
        if requests.count < wanted.count {
            let missing = Set(wanted).subtracting(requests.map(\.id)).sorted().map(\.description)
            throw Fault.notFound("There is no accelerator request \(missing.joined(separator: ", ")).")
        }
        return requests
    }

    private func bind(
        _ requests: [AcceleratorRequest], _ patch: RequestPatch, _ checks: Checks, _ claims: Successions.Claims?,
        by actor: Actor, at now: Timestamp, in transaction: any Transaction
    ) throws -> [AcceleratorRequestID] {
        var wishes = requests.compactMap { request -> Wish? in
            if case .bind(let target) = patch.changes[request.id] { (request, target) } else { nil }
        }
        guard let first = wishes.first else { return [] }
        try checkFree(wishes.map(\.target.instance), in: transaction)
        for (request, target) in wishes { try check(request, target) }
        let owners = try InstanceOwners.of(wishes.map(\.target.instance), in: transaction)
        for index in wishes.indices {
            let instance = wishes[index].target.instance
            if let owner = owners[instance] { wishes[index].request.project = owner }
            try InstanceOwners.remember(wishes[index].request.project, of: instance, at: now, in: transaction)
        }
        for check in checks.limits { try check.enforce(in: transaction) }
        try refuseProgramming(wishes.map(\.request), besides: checks.plans, in: transaction)
        let handles = try choose(&wishes, claims, in: transaction)
        try checkHosts(wishes, handles, patch, at: now, in: transaction)
        try note(checks.claims, wishes, handles, at: now, in: transaction)
        let loads = try loads(wishes, handles, checks.plans, in: transaction)
        let mustPrepare = !loads.isEmpty || handles.values.contains { $0.lifecycle.needsPreparation }
        let binding: WorkflowID? = mustPrepare ? ids.next() : nil
        let deadline = now + (loads.isEmpty ? durations.preparation : durations.programming)
        for (request, target) in wishes {
            guard let handle = handles[request.id] else { continue }
            try book.bind(
                request, to: target, with: handle, by: binding, deadline: deadline, as: actor, at: now, in: transaction)
        }
        let ids = wishes.map(\.request.id)
        if let binding {
            try journal.start(
                loads.isEmpty ? BindWorkflow.kind : BindWorkflow.programmedKind, id: binding,
                subject: "\(first.target.instance)",
                input: BindWorkflow.Input(requests: ids), deadline: deadline, on: actor.behalf, at: now,
                in: transaction)
            for load in loads {
                _ = try programmings.start(
                    load.plan, onto: load.target, for: binding, by: actor, at: now, in: transaction)
            }
            return ids
        }
        try book.tell(
            wishes.map { .init(instance: $0.target.instance, request: $0.request.id, isBound: true) },
            on: actor.behalf, at: now, in: transaction)
        return []
    }

    /// 400 when an instance has requests already, whoever's: of two that bind for one instance, one does.
    private func checkFree(_ instances: [InstanceID], in transaction: any Transaction) throws {
        let taken: InstanceID? = try transaction.first(
            "SELECT instance FROM accelerator_requests WHERE instance IN \(list: Array(Set(instances))) LIMIT 1"
        ) { row in try row[0] }
        if let taken {
            throw Fault.badRequest("The instance \(taken) already has accelerator requests.", field: "instance_uuid")
        }
    }

    private func check(_ request: AcceleratorRequest, _ target: RequestPatch.Target) throws {
        guard request.state == .initial || request.state == .unbound else {
            throw Fault.conflict(
                "The accelerator request \(request.id) is \(request.state.rawValue); only Initial and Unbound ones "
                    + "can be bound.")
        }
        if let project = target.project, project != request.project {
            throw Fault.badRequest(
                "The accelerator request \(request.id) belongs to project \(request.project); "
                    + "binding does not change that.", field: "project_id")
        }
    }

    /// A free handle for each request, of the deployable that its provider stands for. A provider that gave way to others meanwhile
    /// is replaced by the one that has the claim now.
    private func choose(
        _ wishes: inout [Wish], _ claims: Successions.Claims?, in transaction: any Transaction
    ) throws -> [AcceleratorRequestID: AttachHandle] {
        var wanted: [DeployableID: (provider: ResourceProviderID, requests: [AcceleratorRequestID])] = [:]
        let parts = Dictionary(grouping: wishes) { wish in
            ProviderPart(wish.target.resourceProvider, wish.request.resourceClass.name)
        }
        for (part, group) in parts.sorted(by: { $0.key < $1.key }) {
            let (provider, resourceClass) = (part.provider, part.resourceClass ?? "")
            let offer = try ProviderOffer(of: provider, for: resourceClass, in: transaction)
            let successors =
                offer.exact == nil ? try Successions.of(provider, for: resourceClass, in: transaction) : []
            // A provider that is alone is meant whatever its class is called by now.
            if let deployable = offer.exact ?? (successors.isEmpty ? offer.only : nil) {
                wanted[deployable, default: (provider, [])].requests += group.map(\.request.id)
                continue
            }
            guard !successors.isEmpty else { throw offer.refusal(of: provider, for: resourceClass) }
            let goals = try Successions.goals(
                of: group.map(\.target.instance), from: provider, among: successors, claims)
            for (wish, goal) in zip(group, goals) {
                let offer = try ProviderOffer(of: goal, for: resourceClass, in: transaction)
                guard let deployable = offer.exact ?? offer.only else {
                    throw offer.refusal(of: goal, for: resourceClass)
                }
                wanted[deployable, default: (goal, [])].requests.append(wish.request.id)
                for index in wishes.indices where wishes[index].request.id == wish.request.id {
                    wishes[index].target.resourceProvider = goal
                }
            }
        }
        var chosen: [AcceleratorRequestID: AttachHandle] = [:]
        for (deployable, (provider, requests)) in wanted.sorted(by: { $0.key < $1.key }) {
            try take(requests, provider, deployable, &chosen, in: transaction)
        }
        return chosen
    }

    private func take(
        _ requests: [AcceleratorRequestID], _ provider: ResourceProviderID, _ deployable: DeployableID,
        _ chosen: inout [AcceleratorRequestID: AttachHandle], in transaction: any Transaction
    ) throws {
        try BindingPlace(of: deployable, in: transaction).checkEnabled()
        let free = try desk.free(requests.count, of: deployable, in: transaction)
        guard free.count == requests.count else {
            throw Fault.notFound(
                "The resource provider \(provider) has \(free.count) free attach handles; "
                    + "\(requests.count) are needed. Nothing was bound.")
        }
        for (request, handle) in zip(requests, free) { chosen[request] = handle }
    }

    /// Asks for the owners' limits before the transaction, which must not wait for anyone.
    func checks(for patch: RequestPatch, as scope: RequestScope) async throws -> [LimitCheck] {
        if limits is Unlimited { return [] }
        let (requests, owners) = try await store.read { [self] transaction in
            (
                try read(patch, as: scope, in: transaction),
                try InstanceOwners.of(patch.instances, in: transaction)
            )
        }
        var demands: [ProjectID: [String: Int]] = [:]
        for request in requests {
            guard case .bind(let target) = patch.changes[request.id] else { continue }
            demands[owners[target.instance] ?? request.project, default: [:]][
                LimitedResource.name(request.resourceClass), default: 0] += 1
        }
        var checks: [LimitCheck] = []
        for (project, amounts) in demands.sorted(by: { $0.key < $1.key }) {
            checks.append(
                try await LimitCheck(
                    .init(project: project, amounts: amounts), by: limits, usage: LimitedResource.usage))
        }
        return checks
    }
}
