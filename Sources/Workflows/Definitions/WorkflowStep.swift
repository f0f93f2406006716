public import Store

/// One step of a workflow: what it does and what undoes it.
///
/// A step may run more than once: its process may die after it acted and before the journal says so, and a step that
/// waits runs again each time it is woken. A transaction's changes are committed with the journal and so happen once;
/// an effect must be idempotent.
///
/// What an action throws is taken for trouble that passes: the step is tried again, later each time, until its deadline or the
/// workflow's. `StepVerdict.failed` is final.
///
/// * A step may have a deadline, counted from its begin. Past it, an effect is cancelled and what was done is undone. After the pivot
///   the step is tried again, and so is what undoes a step; the deadline then bounds each try.
/// * One step may be the pivot. Once it is done the workflow only goes forward: nothing is undone, the workflow's deadline counts no
///   more, it cannot be cancelled, and a step that fails is tried again, later each time.
///
/// `undo` runs also for the step that failed, which may have acted in part. Nil: nothing to undo.
public struct WorkflowStep<Input: Codable & Sendable>: Sendable {
    public typealias Context = StepContext<Input>

    let body: StepBody

    /// A step within the database: its changes and its progress are one commit.
    public static func transaction(
        _ name: String, deadline: Duration? = nil, isPivot: Bool = false,
        act: @escaping @Sendable (Context, any Transaction) throws -> StepVerdict<NoOutput>,
        undo: (@Sendable (Context, any Transaction) throws -> StepVerdict<NoOutput>)? = nil
    ) -> WorkflowStep {
        .transaction(StepName<NoOutput>(name), deadline: deadline, isPivot: isPivot, act: act, undo: undo)
    }

    /// A step within the database that leaves a value.
    public static func transaction<Output>(
        _ name: StepName<Output>, deadline: Duration? = nil, isPivot: Bool = false,
        act: @escaping @Sendable (Context, any Transaction) throws -> StepVerdict<Output>,
        undo: (@Sendable (Context, any Transaction) throws -> StepVerdict<NoOutput>)? = nil
    ) -> WorkflowStep {
        WorkflowStep(
            body: StepBody(
                name: name.text, deadline: deadline, isPivot: isPivot, act: erased(act),
                undo: undo.map { erased($0) }))
    }

    /// A step that reaches outside: idempotent, cancelled when the lease is lost or its deadline passes.
    public static func effect(
        _ name: String, deadline: Duration? = nil, isPivot: Bool = false,
        act: @escaping @Sendable (Context) async throws -> StepVerdict<NoOutput>,
        undo: (@Sendable (Context) async throws -> StepVerdict<NoOutput>)? = nil
    ) -> WorkflowStep {
        .effect(StepName<NoOutput>(name), deadline: deadline, isPivot: isPivot, act: act, undo: undo)
    }

    /// A step that reaches outside and leaves a value.
    public static func effect<Output>(
        _ name: StepName<Output>, deadline: Duration? = nil, isPivot: Bool = false,
        act: @escaping @Sendable (Context) async throws -> StepVerdict<Output>,
        undo: (@Sendable (Context) async throws -> StepVerdict<NoOutput>)? = nil
    ) -> WorkflowStep {
        WorkflowStep(
            body: StepBody(
                name: name.text, deadline: deadline, isPivot: isPivot, act: erased(act),
                undo: undo.map { erased($0) }))
    }

    private static func erased<Output>(
        _ act: @escaping @Sendable (Context, any Transaction) throws -> StepVerdict<Output>
    ) -> StepAction {
        .transaction { entry, now, transaction in
            try StepEnd(act(try Context(entry, at: now), transaction))
        }
    }

    private static func erased<Output>(
        _ act: @escaping @Sendable (Context) async throws -> StepVerdict<Output>
    ) -> StepAction {
        .effect { entry, now in try StepEnd(await act(try Context(entry, at: now))) }
    }
}
