import Model
import Store
import Workflows

/// Brings the requests of one PATCH to an end together, where hosts must act first.
///
///     prepare ──every handle prepared, every image loaded──▶ all Bound
///        └──one failed, deadline──▶ all BindFailed, handles given back
///
/// The PATCH's own transaction reserved the handles and gave the hosts their work.
struct BindWorkflow: Sendable {
    struct Input: Codable, Sendable {
        let requests: [AcceleratorRequestID]
    }

    /// The signal that a handle could not be prepared, with the host's reason.
    ///
    /// Of a handle that is prepared, or a request that was unbound or deleted meanwhile, the workflow is only woken: the step looks at
    /// all of them itself.
    static let failure = WorkflowSignal<String>("failed")
    static let kind = WorkflowType<Input>("accelerators.bind")
    /// The same where images are loaded onto devices first. Its own kind, because replicas of the release before this one do not wait
    /// for that.
    static let programmedKind = WorkflowType<Input>("accelerators.bind_programmed")

    let desk: HandleDesk
    let book: RequestBook

    func definition(_ kind: WorkflowType<Input>) -> WorkflowDefinition {
        WorkflowDefinition(
            kind, in: .accelerators,
            steps: [
                .transaction(
                    "prepare",
                    act: { context, transaction in
                        if let reason = try context.take(Self.failure, in: transaction) { return .failed(reason) }
                        let requests = try started(context, in: transaction)
                        let handles = try desk.read(requests.compactMap(\.handle), in: transaction)
                        guard handles.allSatisfy({ $0.lifecycle.state == .held }),
                            try ProgrammingBook.hasEnded(for: context.workflow, in: transaction)
                        else { return .wait(until: nil) }
                        try book.apply(
                            .prepared, to: requests, on: context.behalf, at: context.now, in: transaction)
                        return .done
                    },
                    undo: { context, transaction in
                        let requests = try started(context, in: transaction)
                        // What a host said comes first: of several, the one that failed decided for all.
                        let reason =
                            try context.take(Self.failure, in: transaction) ?? context.failure
                            ?? "the host did not answer"
                        try book.apply(
                            .failed, to: requests, reason: Self.sentence(reason), on: context.behalf,
                            at: context.now, in: transaction)
                        return .done
                    })
            ])
    }

    /// As the request shows it.
    private static func sentence(_ reason: String) -> String {
        "The host could not prepare the accelerators: \(reason.prefix(1000))"
    }

    /// What is still being bound; requests deleted or unbound meanwhile have left.
    private func started(
        _ context: StepContext<Input>, in transaction: any Transaction
    ) throws -> [AcceleratorRequest] {
        try transaction.all(
            """
            SELECT \(AcceleratorRequest.columns) FROM \(AcceleratorRequest.source)
            WHERE r.binding = \(context.workflow) AND r.state = 'BindStarted' ORDER BY \(AcceleratorRequest.order)
            """
        ) { row in try AcceleratorRequest(row) }
    }
}
