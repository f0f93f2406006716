import Conventions
import Fleet
import Link
import Model
import Store
import Workflows

/// Gives attach handles out and takes them back: applies their lifecycle and what it asks of hosts, in the caller's
/// transaction.
struct HandleDesk: Sendable {
    let dispatch: any WorkDispatch
    let journal: WorkflowJournal
    let ids: IDSource
    let durations: BindingDurations
    let trail: AuditTrail
    var certificates = CertificateBook(keyring: nil)

    /// Up to `count` free handles of a deployable, in the order its driver reported them.
    func free(_ count: Int, of deployable: DeployableID, in transaction: any Transaction) throws -> [AttachHandle] {
        try transaction.all(
            """
            SELECT \(AttachHandle.columns) FROM \(AttachHandle.source)
            WHERE h.deployable = \(deployable) AND h.state = 'available' AND h.is_present = 1
                AND d.presence = 'present' AND p.is_present = 1
            ORDER BY h.position, h.uuid LIMIT \(count)
            """
        ) { row in try AttachHandle(row) }
    }

    func read(_ handles: [AttachHandleID], in transaction: any Transaction) throws -> [AttachHandle] {
        guard !handles.isEmpty else { return [] }
        return try transaction.all(
            """
            SELECT \(AttachHandle.columns) FROM \(AttachHandle.source)
            WHERE h.uuid IN \(list: handles) ORDER BY h.position, h.uuid
            """
        ) { row in try AttachHandle(row) }
    }

    /// Applies `event`; answers the new state, or nil where the event does not belong to the handle's state any more.
    ///
    /// The end of a cleaning, whichever it is, gets a certificate in the same transaction.
    ///
    /// - Parameter tenant: whose it becomes
    /// - Parameter cleaning: what the host says that it did
    ///
    /// Throws 409 when the handle moved since it was read: of two that want one handle, one gets it.
    @discardableResult
    func apply(
        _ event: HandleLifecycle.Event, to handle: AttachHandle, for request: AcceleratorRequestID? = nil,
        tenant: ProjectID? = nil, cleaning: CleaningRecord? = nil, deadline: Timestamp? = nil,
        by actor: Actor = .system, at now: Timestamp, in transaction: any Transaction
    ) throws -> HandleLifecycle.State? {
        var lifecycle = handle.lifecycle
        guard let actions = lifecycle.apply(event) else { return nil }
        var work: WorkItemID?
        for action in actions {
            switch action {
            case .drop:
                if let item = handle.work { try dispatch.withdraw(item, at: now, in: transaction) }
            case .begin(let task):
                work = try begin(
                    task, on: handle, for: request, deadline: deadline, by: actor, at: now, in: transaction)
            }
        }
        let moved = try transaction.execute(
            """
            UPDATE attach_handles SET state = \(lifecycle.state.rawValue), reason = \(lifecycle.reason),
                work = \(work), tenant = COALESCE(\(tenant), tenant), generation = generation + 1, updated_at = \(now)
            WHERE uuid = \(handle.id) AND generation = \(handle.generation)
            """)
        guard moved == 1 else {
            throw Fault.conflict("The attach handle \(handle.id) was changed by another call; try again.")
        }
        if let action = Self.action(of: event, from: handle.lifecycle.state, to: lifecycle.state) {
            try trail.note(
                AuditEvent(
                    action: action, actor: actor, handle: handle.id, device: handle.device, host: handle.host,
                    detail: lifecycle.reason), at: now, in: transaction)
        }
        if let result = CertificateBook.result(of: event, from: handle.lifecycle.state) {
            try certificates.issue(
                result, of: handle, reason: lifecycle.reason, report: cleaning, at: now, in: transaction)
        }
        if lifecycle.state == .available, !handle.isPresent {
            try Vanished.letGo(handle, in: transaction)
        }
        if handle.lifecycle.isDirty != lifecycle.isDirty {
            try dispatch.touch(handle.host, at: now, in: transaction)
        }
        return lifecycle.state
    }

    /// What of a handle's way is worth a record of its own; the rest stands in its request's.
    private static func action(
        of event: HandleLifecycle.Event, from old: HandleLifecycle.State, to new: HandleLifecycle.State
    ) -> AuditEvent.Action? {
        switch (event, old, new) {
        case (.retry, _, _): .handleRetried
        case (.free, _, _): .handleReleased
        case (.failed, _, .error), (.setAside, _, .error): .handleQuarantined
        case (.finished, .cleaning, .available): .handleCleaned
        default: nil
        }
    }

    /// What waits for its host, however long that is gone; nobody waits for it.
    private static let patience: Duration = .seconds(10 * 365 * 86_400)

    private func begin(
        _ task: HandleLifecycle.Work, on handle: AttachHandle, for request: AcceleratorRequestID?,
        deadline: Timestamp?, by actor: Actor, at now: Timestamp, in transaction: any Transaction
    ) throws -> WorkItemID {
        let id: WorkItemID = ids.next()
        let kind: DeviceWork.Kind
        let end: Timestamp
        switch task {
        case .prepare:
            kind = .prepare
            end = deadline ?? now + durations.preparation
        case .withdraw:
            kind = .withdraw
            end = now + Self.patience
        case .clean:
            // How long it may take is watched here, for only the time counts in which its host is alive.
            kind = .clean
            end = now + Self.patience
            try journal.start(
                CleanWorkflow.kind, id: CleanWorkflow.id(of: id), subject: "\(handle.id)",
                input: CleanWorkflow.Input(handle: handle.id, item: id, began: now.microseconds), on: actor.behalf,
                at: now, in: transaction)
        }
        try dispatch.enqueue(
            DeviceWork(
                id: id, kind: kind, handle: handle.id, attachment: handle.attachment,
                controlPath: handle.controlPath, driver: handle.driver, request: request,
                deadline: end.microseconds
            ).item, on: handle.host, at: now, in: transaction)
        return id
    }
}
