/// A piece of work of several steps that survives the process: what its steps are and how long it may take.
///
/// Its steps are never edited once released, because journals of older programs refer to them by position; a changed
/// definition gets a new name, and the old one stays until no journal has it.
public struct WorkflowDefinition: Sendable {
    /// Unique in the program: `accelerators.bind`.
    public let name: String
    public let steps: [WorkflowStep]
    /// Counted from the start; past it, what was done is undone. Nil waits for ever.
    public let deadline: Duration?

    public init(name: String, deadline: Duration? = nil, steps: [WorkflowStep]) {
        self.name = name
        self.deadline = deadline
        self.steps = steps
    }

    /// What a run of one of its steps, or of what undoes it, is called: `accelerators.bind: undo prepare`.
    package func label(of step: WorkflowStep, isUndoing: Bool) -> String {
        "\(name): \(isUndoing ? "undo " : "")\(step.name)"
    }

    /// The labels of everything that a run of it may do.
    package var labels: [String] {
        steps.map { label(of: $0, isUndoing: false) }
            + steps.filter { $0.undo != nil }.map { label(of: $0, isUndoing: true) }
    }
}
