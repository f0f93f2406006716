import Testing

@testable import Workflows

/// The state machine as a table: five steps, with the pivot at the third or without one.
@Suite struct WorkflowProgressTests {
    typealias Progress = WorkflowProgress

    struct Case: Sendable {
        let state: Progress.State
        let position: Int
        let event: Progress.Event
        let consequence: Progress.Consequence
        let after: (Progress.State, Int)
        var failure: String?
        var pivot: Int? = 2
    }

    static let turning: [Progress.Event] = [.stepFailed("x"), .stepLate("x"), .cancelled("x")]

    static let cases: [Case] =
        [
            Case(state: .running, position: 0, event: .stepDone, consequence: .moved, after: (.running, 1)),
            Case(state: .running, position: 4, event: .stepDone, consequence: .moved, after: (.done, 5)),
            Case(
                state: .running, position: 1, event: .deadlinePassed, consequence: .moved, after: (.undoing, 1),
                failure: "the deadline passed"),
            Case(state: .running, position: 3, event: .stepFailed("x"), consequence: .again, after: (.running, 3)),
            Case(state: .running, position: 3, event: .stepLate("x"), consequence: .again, after: (.running, 3)),
            Case(state: .running, position: 3, event: .deadlinePassed, consequence: .ignored, after: (.running, 3)),
            Case(state: .running, position: 3, event: .cancelled("x"), consequence: .ignored, after: (.running, 3)),
            Case(state: .undoing, position: 1, event: .stepDone, consequence: .moved, after: (.undoing, 0)),
            Case(state: .undoing, position: 0, event: .stepDone, consequence: .moved, after: (.undone, 0)),
            Case(state: .undoing, position: 1, event: .stepFailed("x"), consequence: .again, after: (.undoing, 1)),
            Case(state: .undoing, position: 1, event: .stepLate("x"), consequence: .again, after: (.undoing, 1)),
            Case(state: .undoing, position: 1, event: .cancelled("x"), consequence: .ignored, after: (.undoing, 1)),
            Case(state: .undoing, position: 1, event: .deadlinePassed, consequence: .ignored, after: (.undoing, 1)),
            Case(state: .done, position: 5, event: .cancelled("x"), consequence: .ignored, after: (.done, 5)),
            Case(state: .undone, position: 0, event: .stepDone, consequence: .ignored, after: (.undone, 0)),
        ]
        + turning.flatMap { event in
            // The pivot itself may still fail; without a pivot every step may.
            [
                Case(
                    state: .running, position: 2, event: event, consequence: .moved, after: (.undoing, 2), failure: "x"),
                Case(
                    state: .running, position: 4, event: event, consequence: .moved, after: (.undoing, 4), failure: "x",
                    pivot: nil),
            ]
        }

    @Test(arguments: cases) func `each event in each state`(_ one: Case) {
        var progress = Progress(state: one.state, position: one.position)
        #expect(progress.apply(one.event, .init(steps: 5, pivot: one.pivot)) == one.consequence)
        #expect((progress.state, progress.position) == one.after)
        #expect(progress.failure == one.failure)
    }
}
