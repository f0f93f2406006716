/// Where a workflow stands; a pure state machine.
///
///     running(0) ──done──▶ … ──done──▶ running(pivot) ──done──▶ running(pivot + 1) ──done──▶ … ──done──▶ done
///        │                    │            │                        │   ▲
///        └── failed, late, deadline, cancelled                      └───┘ failed, late: tried again
///        ▼                    ▼            ▼
///     undoing(0) ◀──done── undoing(1) ◀── undoing(pivot)
///        └──done──▶ undone
///
/// `wait` and trouble leave state and position as they are. Undoing begins with the step that failed. Without a pivot
/// every step can be undone until the last one is done.
struct WorkflowProgress: Equatable, Sendable {
    enum State: String, Sendable {
        case running
        case undoing
        case done
        case undone
    }

    /// What of a definition its progress depends on.
    struct Shape: Equatable, Sendable {
        let steps: Int
        /// The position of the step after which nothing is undone.
        var pivot: Int?
    }

    var state: State
    var position: Int
    var failure: String?

    var isOpen: Bool { state == .running || state == .undoing }

    /// Whether it may still turn back.
    func canTurn(_ shape: Shape) -> Bool {
        state == .running && shape.pivot.map { position <= $0 } ?? true
    }

    enum Event: Equatable, Sendable {
        case stepDone
        case stepFailed(String)
        /// The step's own deadline passed.
        case stepLate(String)
        case deadlinePassed
        case cancelled(String)
    }

    enum Consequence: Equatable, Sendable {
        /// State or position changed.
        case moved
        /// The step is tried again.
        case again
        case ignored
    }

    mutating func apply(_ event: Event, _ shape: Shape) -> Consequence {
        switch (state, event) {
        case (.running, .stepDone):
            position += 1
            if position >= shape.steps { state = .done }
            return .moved
        case (.running, .stepFailed(let reason)), (.running, .stepLate(let reason)):
            return turn(because: reason, shape) ? .moved : .again
        case (.running, .deadlinePassed):
            return turn(because: "the deadline passed", shape) ? .moved : .ignored
        case (.running, .cancelled(let reason)):
            return turn(because: reason, shape) ? .moved : .ignored
        case (.undoing, .stepDone):
            position -= 1
            if position < 0 {
                state = .undone
                position = 0
            }
            return .moved
        // Undoing may not give up: it would leave what it should remove.
        case (.undoing, .stepFailed), (.undoing, .stepLate):
            return .again
        case (.undoing, .deadlinePassed), (.undoing, .cancelled), (.done, _), (.undone, _):
            return .ignored
        }
    }

    private mutating func turn(because reason: String, _ shape: Shape) -> Bool {
        guard canTurn(shape) else { return false }
        state = .undoing
        failure = reason
        return true
    }
}
