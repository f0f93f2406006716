public import Model

/// How a run of a step ended.
public enum StepVerdict: Sendable, Equatable {
    case done
    /// Not yet: the step runs again when the workflow is signalled, or at the moment given.
    case wait(until: Timestamp?)
    /// It cannot succeed: what was done is undone. The reason is for operators.
    case failed(String)
}
