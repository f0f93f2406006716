import Model
import Store

/// A row of `workflows` under lease.
struct JournalEntry: Sendable {
    let id: WorkflowID
    let definition: String
    let subject: String?
    let input: String
    var progress: WorkflowProgress
    var attempts: Int
    /// Counts signals, so that one that arrives while a step decides to wait is not slept through.
    var wakes: Int
    let deadline: Timestamp?
    /// Grows with each lease: a process whose lease another took can change nothing any more.
    var fence: Int64
    var signals: [String: String] = [:]

    static let columns: SQL = """
        id, definition, subject, input, state, position, failure, attempts, wakes, deadline_at, fence
        """

    init(_ row: borrowing Row) throws {
        id = try row[0]
        definition = try row[1]
        subject = try row[2]
        input = try row[3]
        progress = WorkflowProgress(state: try row.word(4), position: try row[5], failure: try row[6])
        attempts = try row[7]
        wakes = try row[8]
        deadline = try row[9]
        fence = try row[10]
    }

    func context(at now: Timestamp) -> StepContext {
        StepContext(
            workflow: id, subject: subject, signals: signals, attempt: attempts, deadline: deadline,
            failure: progress.failure, now: now, input: input)
    }
}
