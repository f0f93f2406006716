public import Model

/// To whom a signal goes.
public enum WorkflowAddress: Sendable, Hashable {
    /// One workflow, which may not have been started yet.
    case workflow(WorkflowID)
    /// Whichever workflow with this lock class is open about the subject, or is started next.
    case subject(String, LockClass)
}
