/// A piece of work of several steps that survives the process: what its steps are, and in whose slots it runs.
///
/// Its steps are never edited once released, because journals of older programs refer to them by position; a changed
/// definition gets a new name, and the old one stays until no journal has it.
public struct WorkflowDefinition: Sendable {
    let name: String
    let slots: WorkflowSlots
    let steps: [StepBody]
    /// Where it may turn back, and where no more.
    let shape: WorkflowProgress.Shape

    /// The names of the steps are unique, and at most one is the pivot.
    public init<Input>(_ kind: WorkflowType<Input>, in slots: WorkflowSlots, steps: [WorkflowStep<Input>]) {
        name = kind.name
        self.slots = slots
        self.steps = steps.map(\.body)
        precondition(Set(self.steps.map(\.name)).count == steps.count, "two steps of \(kind.name) have one name")
        precondition(self.steps.count(where: \.isPivot) < 2, "\(kind.name) has two pivots")
        shape = .init(steps: steps.count, pivot: self.steps.firstIndex(where: \.isPivot))
    }

    /// What a run of one of its steps, or of what undoes it, is called: `accelerators.bind: undo prepare`.
    func label(of step: StepBody, isUndoing: Bool) -> String {
        "\(name): \(isUndoing ? "undo " : "")\(step.name)"
    }

    /// The labels of everything that a run of it may do.
    package var labels: [String] {
        steps.map { label(of: $0, isUndoing: false) }
            + steps.filter { $0.undo != nil }.map { label(of: $0, isUndoing: true) }
    }
}
