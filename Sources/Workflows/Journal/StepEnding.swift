/// What the journal keeps of the end of a step, or of its undoing.
struct StepEnding: Sendable {
    enum State: String, Sendable {
        case done
        case failed
        case undone
    }

    let step: String
    let position: Int
    let state: State
    /// How often the step was tried.
    let attempts: Int
    /// Why it failed, or else what its last trouble was.
    var note: String?
    var output: String?
}
