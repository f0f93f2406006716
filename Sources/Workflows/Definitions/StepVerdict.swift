public import Model

/// How a run of a step ended.
public enum StepVerdict<Output: Codable & Sendable>: Sendable {
    /// The output is journalled with the step.
    case done(with: Output)
    /// Not yet: the step runs again when the workflow is signalled or woken, or at the moment given.
    case wait(until: Timestamp?)
    /// It cannot succeed: what was done is undone. After the pivot it is tried again, later each time. A user may read the reason.
    case failed(String)
}

extension StepVerdict where Output == NoOutput {
    public static var done: Self { .done(with: NoOutput()) }
}
