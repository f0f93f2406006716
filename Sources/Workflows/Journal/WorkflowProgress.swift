/// Where a workflow stands; a pure state machine.
///
///     running(0) ──done──▶ running(1) ──done──▶ … ──done──▶ done
///        │                    │
///      failed, deadline     failed, deadline
///        ▼                    ▼
///     undoing(0) ◀──done── undoing(1)
///        └──done──▶ undone
///
/// `wait` and trouble leave state and position as they are. Undoing begins with the step that failed.
struct WorkflowProgress: Equatable, Sendable {
    enum State: String, Sendable {
        case running
        case undoing
        case done
        case undone
    }

    var state: State
    var position: Int
    var failure: String?

    var isOpen: Bool { state == .running || state == .undoing }

    enum Event: Equatable, Sendable {
        case stepDone
        case stepFailed(String)
        case deadlinePassed
    }

    mutating func apply(_ event: Event, steps: Int) {
        switch (state, event) {
        case (.running, .stepDone):
            position += 1
            if position >= steps { state = .done }
        case (.running, .stepFailed(let reason)):
            state = .undoing
            failure = reason
        case (.running, .deadlinePassed):
            state = .undoing
            failure = "the deadline passed"
        case (.undoing, .stepDone):
            position -= 1
            if position < 0 {
                state = .undone
                position = 0
            }
        case (.undoing, .stepFailed), (.undoing, .deadlinePassed), (.done, _), (.undone, _):
            break
        }
    }
}
