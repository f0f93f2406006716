import Conventions
import Fleet
import Link
import Model
import Store
import Workflows

/// Begins to load images and keeps what became of it, in the caller's transaction.
struct ProgrammingBook: Sendable {
    /// Of the change log.
    static let changeKind = "programming"

    let dispatch: any WorkDispatch
    let journal: WorkflowJournal
    let ids: IDSource
    let durations: BindingDurations
    let trail: AuditTrail

    /// Begins to load `plan` onto the target's device, which was found free in this transaction.
    ///
    /// - Parameter binding: the workflow that waits for it; nil if it was asked for by itself
    func start(
        _ plan: ImagePlan, onto target: ProgrammingTarget, for binding: WorkflowID? = nil, by actor: Actor,
        at now: Timestamp, in transaction: any Transaction
    ) throws -> WorkflowID {
        guard let handle = target.handle else {
            throw Fault.conflict("The device \(target.device) has no attach handle.")
        }
        let id: WorkflowID = ids.next()
        try transaction.execute(
            """
            INSERT INTO programmings (uuid, deployable, device, host, image, state, binding, created_at)
            VALUES (\(id), \(target.deployable), \(target.device), \(target.host), \(plan.image.id),
                \(Programming.State.accepted.rawValue), \(binding), \(now))
            """)
        try journal.start(
            ProgrammingWorkflow.kind, id: id, subject: "\(target.device)",
            input: ProgrammingWorkflow.Input(
                deployable: target.deployable, device: target.device, host: target.host, driver: target.driver,
                controlPath: target.controlPath, handle: handle.id, plan: plan, before: target.function?.text,
                binding: binding), deadline: now + durations.programming, on: actor.behalf, at: now, in: transaction)
        try trail.note(
            AuditEvent(
                action: .programmingStarted, actor: actor, device: target.device, host: target.host,
                detail: "\(plan.image.id)"), at: now, in: transaction)
        // Nobody else is to be placed on it meanwhile.
        try dispatch.touch(target.host, at: now, in: transaction)
        return id
    }

    func read(_ id: WorkflowID, in transaction: any Transaction) throws -> Programming? {
        try transaction.first("SELECT \(Programming.columns) FROM programmings g WHERE g.uuid = \(id)") { row in
            try Programming(row)
        }
    }

    /// Notes how far one is, and which work its host has for it.
    func move(
        _ id: WorkflowID, to state: Programming.State, work: WorkItemID?, at now: Timestamp,
        in transaction: any Transaction
    ) throws {
        try transaction.execute(
            """
            UPDATE programmings SET state = \(state.rawValue), work = \(work), updated_at = \(now)
            WHERE uuid = \(id) AND ended_at IS NULL
            """)
        try transaction.note(change: Self.changeKind, key: "\(id)", generation: now.microseconds)
    }

    /// Notes the end of one; a second call changes nothing.
    ///
    /// - Parameter reason: why it failed; nil if the image is on the device
    func end(
        _ input: ProgrammingWorkflow.Input, _ id: WorkflowID, reason: String?, logic: String?, at now: Timestamp,
        in transaction: any Transaction
    ) throws {
        let state: Programming.State = reason == nil ? .done : .failed
        let ended = try transaction.execute(
            """
            UPDATE programmings SET state = \(state.rawValue), reason = \(reason.map { String($0.prefix(1000)) }),
                logic = \(logic), work = NULL, updated_at = \(now), ended_at = \(now)
            WHERE uuid = \(id) AND ended_at IS NULL
            """)
        guard ended == 1 else { return }
        try trail.note(
            AuditEvent(
                action: reason == nil ? .deviceProgrammed : .programmingFailed, device: input.device, host: input.host,
                detail: reason ?? "\(input.plan.image.id)"), at: now, in: transaction)
        try dispatch.touch(input.host, at: now, in: transaction)
        if let binding = input.binding {
            if let reason {
                try journal.signal(
                    BindWorkflow.failure, reason, to: .workflow(binding), at: now, in: transaction)
            } else {
                try journal.wake(binding, at: now, in: transaction)
            }
        }
        try transaction.note(change: Self.changeKind, key: "\(id)", generation: now.microseconds)
    }

    /// Notes what a device has now, for all its deployables.
    func set(_ image: ImageID?, of device: DeviceID, at now: Timestamp, in transaction: any Transaction) throws {
        try transaction.execute(
            """
            UPDATE deployables SET bitstream = \(image), updated_at = \(now)
            WHERE device = \(device) AND COALESCE(bitstream, '') <> \(image?.description ?? "")
            """)
    }

    /// A host's work for one ended.
    func finished(
        _ item: DeviceWork, _ outcome: DeviceOutcome, at now: Timestamp, in transaction: any Transaction
    ) throws {
        let id: WorkflowID? = try transaction.first(
            "SELECT uuid FROM programmings WHERE work = \(item.id) AND ended_at IS NULL"
        ) { row in try row[0] }
        guard let id else { return }
        let record: ProgrammingRecord
        switch (item.kind, outcome) {
        case (.program, .programmed(let told)): record = told
        case (_, .failed(let reason)): record = ProgrammingRecord(failure: reason)
        default: record = ProgrammingRecord()
        }
        let signal = item.kind == .program ? ProgrammingWorkflow.loaded : ProgrammingWorkflow.fetched
        try journal.signal(signal, record, to: .workflow(id), at: now, in: transaction)
    }

    /// Whether none that a binding waits for is under way.
    static func hasEnded(for binding: WorkflowID, in transaction: any Transaction) throws -> Bool {
        try !transaction.exists(
            "SELECT 1 FROM programmings WHERE binding = \(binding) AND ended_at IS NULL LIMIT 1")
    }

    /// Deletes up to `most` that ended before `limit`; returns how many.
    static func prune(before limit: Timestamp, most: Int = 1000, in transaction: any Transaction) throws -> Int {
        try transaction.execute(
            """
            DELETE FROM programmings
            WHERE uuid IN (SELECT uuid FROM programmings WHERE ended_at < \(limit) ORDER BY ended_at LIMIT \(most))
            """)
    }
}
