import Model
import Store

/// A row of `workflows` under lease.
struct JournalEntry: Sendable {
    let id: WorkflowID
    let definition: String
    let subject: String?
    let lock: String?
    let input: String
    let behalf: WorkflowBehalf
    let deadline: Timestamp?
    var progress: WorkflowProgress
    /// How often the step was tried without an end.
    var attempts: Int
    /// Why the step was last tried without an end.
    var trouble: String?
    /// When the step's turn came; nil until an engine takes the workflow.
    var began: Timestamp?
    /// Since when the step's deadline counts.
    var window: Timestamp?
    /// Counts signals, so that one that arrives while a step decides to wait is not slept through.
    var wakes: Int
    /// Why it is to turn back.
    var cancellation: String?
    /// The name of the pivot, once that is passed.
    var pivot: String?
    /// Grows with each lease: a process whose lease another took can change nothing any more.
    var fence: Int64
    /// What steps left, by their names.
    var outputs: [String: String] = [:]

    static let columns: SQL = """
        id, definition, subject, input, state, position, failure, attempts, wakes, deadline_at, fence, lock_class,
        cancel_reason, pivot, step_began_at, step_window_at, trouble, behalf_user, behalf_project, behalf_request
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
        lock = try row[11]
        cancellation = try row[12]
        pivot = try row[13]
        began = try row[14]
        window = try row[15]
        trouble = try row[16]
        behalf = WorkflowBehalf(user: try row[17], project: try row[18], request: try row[19])
    }

    /// Its next step has its turn.
    mutating func enterStep(at now: Timestamp) {
        attempts = 0
        trouble = nil
        began = now
        window = now
    }
}
