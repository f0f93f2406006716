import FoundationEssentials
public import Model

/// What a step knows of its workflow.
public struct StepContext: Sendable {
    public let workflow: WorkflowID
    public let subject: String?
    /// What came from outside so far, by name.
    public let signals: [String: String]
    /// How often the step was tried before without an end.
    public let attempt: Int
    /// When the workflow's time is up.
    public let deadline: Timestamp?
    /// Why the workflow is being undone; nil while it goes forward.
    public let failure: String?
    public let now: Timestamp
    let input: String

    /// What the workflow was started with.
    public func input<Value: Decodable>(as type: Value.Type) throws(Fault) -> Value {
        do {
            return try JSONDecoder().decode(Value.self, from: Data(input.utf8))
        } catch {
            throw .internalError("the input of workflow \(workflow) is not a \(Value.self): \(error)")
        }
    }
}
