/// What became of the wish to cancel a workflow.
public enum Cancellation: Sendable, Equatable {
    /// It turns back before its next step, or in the middle of one that reaches outside.
    case accepted
    /// It is on its way back already.
    case undoing
    /// It has passed its pivot, the step of this name, and only goes forward.
    case refused(pivot: String)
    case ended
    case unknown
}
