import Clients
import Fleet
import Link
import Model
import Signatures
import Store
import Synchronization
import Workflows

/// Loads an image onto a device.
///
///     begin ─▶ verify ─▶ fetch ─▶ fetched ─▶ load ─▶ loaded ──▶ the deployables have it
///       │        │ signature  │ asks the │ the data │ asks the │ the driver loaded it
///       │        │ not theirs │ host     │ did not  │ host     │ and the device, where it can be asked, says so
///       └────────┴────────────┴──────────┴ come ────┴──────────┴ failed, late:
///     the device has what it had, or its handles are set aside ─▶ failed
///
/// Started in the transaction that found the device free; whoever accepts the host's outcomes signals it. Until `load` nothing was done to
/// the device. After it, a failure leaves the device as it was only if the device itself says so.
struct ProgrammingWorkflow: Sendable {
    struct Input: Codable, Sendable {
        let deployable: DeployableID
        let device: DeviceID
        let host: HostName
        let driver: String
        let controlPath: String
        let handle: AttachHandleID
        let plan: ImagePlan
        /// The id of the logic that the device had; nil where it does not say.
        let before: String?
        /// The binding that waits for it.
        let binding: WorkflowID?
    }

    static let kind = WorkflowType<Input>("accelerators.program", lock: LockClass("accelerators.device"))
    /// The host has the data, or why not.
    static let fetched = WorkflowSignal<ProgrammingRecord>("fetched")
    /// The driver loaded them, or why not.
    static let loaded = WorkflowSignal<ProgrammingRecord>("loaded")
    private static let fetch = StepName<WorkItemID>("fetch")
    private static let load = StepName<WorkItemID>("load")

    let images: any ImageSource
    let book: ProgrammingBook
    let desk: HandleDesk

    var definition: WorkflowDefinition {
        WorkflowDefinition(
            Self.kind, in: .acceleratorNeighbours,
            steps: [
                .transaction(
                    "begin", act: { _, _ in .done },
                    undo: { context, transaction in
                        try book.end(
                            context.input, context.workflow, reason: context.failure ?? "it was given up", logic: nil,
                            at: context.now, in: transaction)
                        return .done
                    }),
                .effect("verify") { context in try await verify(context) },
                .transaction(
                    Self.fetch, act: { context, transaction in try ask(.fetch, .fetching, context, in: transaction) },
                    undo: { context, transaction in
                        if let item = try context.outputIfDone(of: Self.fetch) {
                            try book.dispatch.withdraw(item, at: context.now, in: transaction)
                        }
                        return .done
                    }),
                .transaction("fetched") { context, transaction in
                    guard let record = try context.take(Self.fetched, in: transaction) else { return .wait(until: nil) }
                    if let failure = record.failure { return .failed(failure) }
                    return .done
                },
                .transaction(
                    Self.load,
                    act: { context, transaction in try ask(.program, .programming, context, in: transaction) },
                    undo: { context, transaction in
                        guard let item = try context.outputIfDone(of: Self.load) else { return .done }
                        try book.dispatch.withdraw(item, at: context.now, in: transaction)
                        try settle(context, in: transaction)
                        return .done
                    }),
                .transaction("loaded") { context, transaction in
                    guard let record = try context.take(Self.loaded, in: transaction) else { return .wait(until: nil) }
                    if let failure = Self.failure(record, context.input) { return .failed(failure) }
                    try book.set(
                        context.input.plan.image.id, of: context.input.device, at: context.now, in: transaction)
                    try book.end(
                        context.input, context.workflow, reason: nil, logic: record.logic, at: context.now,
                        in: transaction)
                    return .done
                },
            ])
    }

    /// Reads the whole image where it is signed; otherwise its hash is all that there is to hold against it, and the host does that.
    private func verify(_ context: StepContext<Input>) async throws -> StepVerdict<NoOutput> {
        let plan = context.input.plan
        do {
            guard let verifier = try plan.verifier(at: context.now) else { return .done }
            let running = Mutex(verifier)
            try await images.data(of: plan.image.id, size: plan.image.size, digest: plan.image.digest, for: .service) {
                piece in running.withLock { $0.take(piece.span) }
            }
            do {
                try running.withLock { $0 }.finish()
            } catch {
                throw ImagePlan.unverified(plan.image.id, error)
            }
            return .done
        } catch let fault as Fault where fault.kind != .unavailable {
            return .failed(fault.message)
        }
    }

    /// Gives the host its work, unless the device or whoever waits for it is gone.
    private func ask(
        _ kind: DeviceWork.Kind, _ state: Programming.State, _ context: StepContext<Input>,
        in transaction: any Transaction
    ) throws -> StepVerdict<WorkItemID> {
        let input = context.input
        guard let handle = try desk.read([input.handle], in: transaction).first, handle.isPresent else {
            return .failed("the device is no longer there")
        }
        guard try isWanted(input, in: transaction) else { return .failed("nobody waits for it any more") }
        let id: WorkItemID = book.ids.next()
        do {
            try book.dispatch.enqueue(
                DeviceWork(
                    id: id, kind: kind, handle: input.handle, attachment: handle.attachment,
                    controlPath: input.controlPath, driver: input.driver, request: nil,
                    deadline: (context.now + book.durations.programming).microseconds, image: input.plan.image
                ).item, on: input.host, at: context.now, in: transaction)
        } catch let fault as Fault where fault.kind == .conflict {
            return .failed(fault.message)
        }
        try book.move(context.workflow, to: state, work: id, at: context.now, in: transaction)
        return .done(with: id)
    }

    private func isWanted(_ input: Input, in transaction: any Transaction) throws -> Bool {
        guard let binding = input.binding else { return true }
        return try transaction.exists("SELECT 1 FROM accelerator_requests WHERE binding = \(binding) LIMIT 1")
    }

    /// Why it did not succeed, also where the tool says that it did.
    private static func failure(_ record: ProgrammingRecord, _ input: Input) -> String? {
        if let failure = record.failure { return failure }
        guard let logic = record.logic.flatMap({ LogicID($0) }), let wanted = input.plan.image.function,
            logic.text != wanted
        else { return nil }
        return "the device says that it has the logic \(logic.text) now, and the image says that its is \(wanted)"
    }

    /// After a failure: the device has what it had, or nobody gets it.
    private func settle(_ context: StepContext<Input>, in transaction: any Transaction) throws {
        let input = context.input
        let record = try context.take(Self.loaded, in: transaction)
        if let before = input.before, record?.logic.flatMap({ LogicID($0) })?.text == before { return }
        try book.set(nil, of: input.device, at: context.now, in: transaction)
        let why = "An image was loaded onto the device and that failed: \(context.failure ?? "it did not end in time")"
        let handles = try ProgrammingTarget(of: input.deployable, in: transaction)?.handles ?? []
        for handle in handles where handle.lifecycle.state == .available || !handle.lifecycle.needsCleaning {
            // What a tenant gives back is cleaned first, and then has other logic.
            try desk.apply(
                .setAside(String(why.prefix(1000))), to: handle, at: context.now, in: transaction)
        }
    }
}
