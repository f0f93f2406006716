import Model
import Store
import TestStore
import Testing

@testable import Workflows

@Suite(.everyEngine) struct WorkflowRecordTests {
    static let kind = WorkflowType<String>("test.told")
    static let go = WorkflowSignal<NoOutput>("go")

    @Test func `the history has the begin and the end of each step, forward and back`() async throws {
        let fixture = try await WorkflowFixture()
        let definition = WorkflowDefinition(
            Self.kind, in: WorkflowFixture.slots,
            steps: [
                .booking("first"),
                .booking("second") { context, transaction in
                    try context.take(Self.go, in: transaction) == nil ? .wait(until: nil) : .failed("no host has room")
                },
            ])
        let engine = fixture.engine(definition)
        let begin = fixture.clock.now
        let id = try await fixture.start(Self.kind, subject: "server-1")
        fixture.clock.advance(.seconds(1))
        await engine.runDue()
        let early = try await fixture.record(of: id)
        #expect(early.kind == "test.told" && early.subject == "server-1" && early.created == begin)
        #expect(early.behalf == WorkflowFixture.request && early.failure == nil)
        #expect(early.steps.map(\.name) == ["first", "second"])
        #expect(early.steps[0].forward?.began == begin + .seconds(1))
        #expect(early.steps[0].forward?.ended == begin + .seconds(1))
        #expect(early.steps[1].forward?.began == begin + .seconds(1) && early.steps[1].forward?.ended == nil)
        fixture.clock.advance(.seconds(4))
        try await fixture.signal(Self.go, NoOutput(), to: .workflow(id))
        await engine.runDue()
        let late = try await fixture.record(of: id)
        #expect(late.state == .undone && late.failure == "no host has room")
        let second = try #require(late.steps.last)
        #expect(
            second.forward
                == WorkflowRecord.Try(
                    began: begin + .seconds(1), ended: begin + .seconds(5), attempts: 1, reason: "no host has room"))
        #expect(second.undo?.began == begin + .seconds(5) && second.undo?.ended == begin + .seconds(5))
        #expect(late.steps[0].undo?.attempts == 1)
        #expect(late.steps[0].forward?.ended == begin + .seconds(1))
    }

    @Test func `an error's own text stays in the log`() async throws {
        struct Secret: Error {}
        let fixture = try await WorkflowFixture()
        let definition = WorkflowDefinition(
            Self.kind, in: WorkflowFixture.slots, steps: [.effect("reach") { _ in throw Secret() }])
        let id = try await fixture.start(Self.kind)
        await fixture.engine(definition).runDue()
        let step = try #require(try await fixture.record(of: id).steps.first?.forward)
        #expect(step.attempts == 1 && step.reason == "The step ran into trouble; the log says which.")
    }
}
