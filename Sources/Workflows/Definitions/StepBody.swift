/// A step with its types erased, as an engine runs it.
struct StepBody: Sendable {
    let name: String
    let deadline: Duration?
    let isPivot: Bool
    let act: StepAction
    let undo: StepAction?
}
