public import Model
public import Store

/// What a step knows of its workflow.
public struct StepContext<Input: Codable & Sendable>: Sendable {
    /// What the workflow was started with.
    public let input: Input
    public let now: Timestamp
    private let entry: JournalEntry

    init(_ entry: JournalEntry, at now: Timestamp) throws(Fault) {
        input = try JournalText.decode(from: entry.input, "the input of workflow \(entry.id)")
        self.entry = entry
        self.now = now
    }

    public var workflow: WorkflowID { entry.id }
    public var subject: String? { entry.subject }
    public var behalf: WorkflowBehalf { entry.behalf }
    /// How often the step was tried before without an end.
    public var attempt: Int { entry.attempts }
    /// Why the workflow is being undone; nil while it goes forward.
    public var failure: String? { entry.progress.failure }

    /// What an earlier step left. Throws where that step has not ended well: for undoing, ask `outputIfDone`.
    public func output<Output>(of step: StepName<Output>) throws(Fault) -> Output {
        guard let output = try outputIfDone(of: step) else {
            throw .internalError("the step '\(step.text)' of workflow \(workflow) left nothing yet")
        }
        return output
    }

    /// What a step left; nil where it has not ended well, for example when the step is undone that failed.
    public func outputIfDone<Output>(of step: StepName<Output>) throws(Fault) -> Output? {
        guard let text = entry.outputs[step.text] else { return nil }
        return try JournalText.decode(from: text, "what the step '\(step.text)' of workflow \(workflow) left")
    }

    /// Takes the oldest signal of a name that came to this workflow; nil where none is there.
    ///
    /// A signal is delivered once: it is gone with the commit of the step that takes it. A step that ends as `failed`, or
    /// throws, takes nothing, so that undoing can. An effect that needs a signal has a step before it take it, and reads that step's
    /// output.
    public func take<Payload>(
        _ signal: WorkflowSignal<Payload>, in transaction: any Transaction
    ) throws -> Payload? {
        try SignalBook.take(signal.name, of: entry, in: transaction).map { try signal.payload(from: $0) }
    }
}
