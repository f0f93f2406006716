import Model
import Store

/// What a step does or undoes, with its types erased: inputs and outputs are the journal's text.
enum StepAction: Sendable {
    case transaction(@Sendable (JournalEntry, Timestamp, any Transaction) throws -> StepEnd)
    case effect(@Sendable (JournalEntry, Timestamp) async throws -> StepEnd)
}

/// A `StepVerdict` as the journal takes it.
enum StepEnd: Sendable, Equatable {
    case done(output: String?)
    case wait(until: Timestamp?)
    case failed(String)

    init<Output>(_ verdict: StepVerdict<Output>) throws {
        self =
            switch verdict {
            case .done(with: is NoOutput): .done(output: nil)
            case .done(with: let output): .done(output: try JournalText.encode(output))
            case .wait(let moment): .wait(until: moment)
            case .failed(let reason): .failed(reason)
            }
    }
}
