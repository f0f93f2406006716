public import Store

/// One step of a workflow: what it does and what undoes it.
///
/// A step may run more than once: its process may die after it acted and before the journal says so, and a step that
/// waits runs again each time it is woken. A transaction's changes are committed with the journal and so happen once;
/// an effect must be idempotent.
///
/// What an action throws is taken for trouble that passes: the step is tried again, later each time, until the
/// workflow's deadline. `StepVerdict.failed` is final.
public struct WorkflowStep: Sendable {
    /// The label of the step that runs in this task; nil outside of steps. For tests that cut runs off.
    @TaskLocal package static var running: String?

    public let name: String
    let act: Action
    /// Runs also for the step that failed, which may have acted in part. Nil: nothing to undo.
    let undo: Action?

    enum Action: Sendable {
        case transaction(@Sendable (StepContext, any Transaction) throws -> StepVerdict)
        case effect(@Sendable (StepContext) async throws -> StepVerdict)
    }

    /// A step within the database: its changes and its progress are one commit.
    public static func transaction(
        _ name: String,
        act: @escaping @Sendable (StepContext, any Transaction) throws -> StepVerdict,
        undo: (@Sendable (StepContext, any Transaction) throws -> StepVerdict)? = nil
    ) -> WorkflowStep {
        WorkflowStep(name: name, act: .transaction(act), undo: undo.map { .transaction($0) })
    }

    /// A step that reaches outside: idempotent, cancelled when the lease is lost.
    public static func effect(
        _ name: String,
        act: @escaping @Sendable (StepContext) async throws -> StepVerdict,
        undo: (@Sendable (StepContext) async throws -> StepVerdict)? = nil
    ) -> WorkflowStep {
        WorkflowStep(name: name, act: .effect(act), undo: undo.map { .effect($0) })
    }
}
