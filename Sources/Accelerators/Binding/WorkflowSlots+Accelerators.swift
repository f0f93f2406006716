import Workflows

extension WorkflowSlots {
    /// What is done within the database: bindings, and the watching of cleanings.
    static let accelerators = WorkflowSlots("accelerators", count: 32)
    /// What calls other services. Apart, so that a binding never waits behind calls to a service that does not answer.
    static let acceleratorNeighbours = WorkflowSlots("accelerators.neighbours", count: 32)
}
