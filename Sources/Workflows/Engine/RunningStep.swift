/// The step that runs in this task, for tests that cut runs off.
package enum RunningStep {
    /// As `WorkflowDefinition.labels` has it; nil outside of steps.
    @TaskLocal package static var label: String?
}
