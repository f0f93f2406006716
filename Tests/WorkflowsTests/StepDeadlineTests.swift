import Model
import Store
import Synchronization
import TestStore
import Testing

@testable import Workflows

@Suite(.everyEngine) struct StepDeadlineTests {
    static let kind = WorkflowType<String>("test.slow")

    /// Until the task is cancelled.
    static func hang() async { for await _ in AsyncStream<Void>.makeStream().stream {} }

    /// Books; then hangs for 20 s in an effect until it was tried often enough.
    static func hanging(_ world: WorkflowFixture.World, pastPivot: Bool, goodTry: Int) -> WorkflowDefinition {
        WorkflowDefinition(
            kind, in: WorkflowFixture.slots,
            steps: [
                .booking("booked", isPivot: pastPivot),
                .effect(
                    "hang", deadline: .seconds(20),
                    act: { context in
                        world.set("try \(context.attempt)", true)
                        if context.attempt >= goodTry { return .done }
                        await hang()
                        // A call that does not notice that it was given up.
                        return .done
                    },
                    undo: { _ in
                        world.set("undone", true)
                        return .done
                    }),
            ])
    }

    @Test func `an effect is cancelled at its deadline, and what was done is undone`() async throws {
        let fixture = try await WorkflowFixture()
        let engine = fixture.engine(Self.hanging(fixture.world, pastPivot: false, goodTry: 1))
        let id = try await fixture.start(Self.kind)
        let running = Task { await engine.runDue() }
        await fixture.clock.waitForPause(of: .seconds(20))
        fixture.clock.advance(.seconds(20))
        await running.value
        let record = try await fixture.record(of: id)
        #expect(record.state == .undone && record.failure == "the step 'hang' did not end in time")
        #expect(fixture.world.keys == ["try 0", "undone"])
        #expect(try await fixture.ledger() == ["booked": 0])
    }

    @Test func `past the pivot it is tried again, with its whole time, later each time`() async throws {
        let fixture = try await WorkflowFixture()
        let engine = fixture.engine(Self.hanging(fixture.world, pastPivot: true, goodTry: 2))
        let id = try await fixture.start(Self.kind)
        for tried in 1...2 {
            let running = Task { await engine.runDue() }
            await fixture.clock.waitForPause(of: .seconds(20))
            fixture.clock.advance(.seconds(20))
            await running.value
            let step = try #require(try await fixture.record(of: id).steps.last?.forward)
            #expect(step.attempts == tried && step.reason == "the step 'hang' did not end in time")
            // Not yet: 1 s after the first try, 2 s after the second.
            fixture.clock.advance(.seconds(tried) - .milliseconds(1))
            await engine.runDue()
            #expect(fixture.world.keys.count == tried)
            fixture.clock.advance(.milliseconds(1))
        }
        await engine.runDue()
        #expect(try await fixture.state(of: id) == .done)
        #expect(fixture.world.keys == ["try 0", "try 1", "try 2"])
    }

    @Test func `a step that waits is woken by its deadline`() async throws {
        for isPivot in [false, true] {
            let fixture = try await WorkflowFixture()
            let definition = WorkflowDefinition(
                Self.kind, in: WorkflowFixture.slots,
                steps: [
                    .booking("booked", isPivot: isPivot),
                    .booking("wait", deadline: .seconds(20)) { context, _ in
                        context.attempt == 0 ? .wait(until: nil) : .done
                    },
                ])
            let id = try await fixture.start(Self.kind)
            let engine = fixture.engine(definition)
            await engine.runDue()
            fixture.clock.advance(.seconds(19))
            await engine.runDue()
            #expect(try await fixture.state(of: id) == .running)
            fixture.clock.advance(.seconds(1))
            await engine.runDue()
            #expect(try await fixture.state(of: id) == (isPivot ? .done : .undone))
        }
    }

    @Test func `time before the step and time of a dead process count as they should`() async throws {
        let fixture = try await WorkflowFixture()
        let definition = WorkflowDefinition(
            Self.kind, in: WorkflowFixture.slots,
            steps: [.booking("wait", deadline: .seconds(20)) { _, _ in .wait(until: nil) }])
        let id = try await fixture.start(Self.kind)
        // Nobody took it for long: its step has not begun.
        fixture.clock.advance(.seconds(100))
        await fixture.engine(definition, owner: "first").runDue()
        #expect(try await fixture.state(of: id) == .running)
        // Nobody looks for longer than the step may take.
        fixture.clock.advance(.seconds(100))
        await fixture.engine(definition, owner: "second").runDue()
        #expect(try await fixture.state(of: id) == .undone)
    }

    @Test func `an undo that hangs is tried again`() async throws {
        let fixture = try await WorkflowFixture()
        let tries = Mutex(0)
        let definition = WorkflowDefinition(
            Self.kind, in: WorkflowFixture.slots,
            steps: [
                .effect(
                    "reach", deadline: .seconds(20), act: { _ in .failed("no") },
                    undo: { context in
                        tries.withLock { $0 += 1 }
                        if context.attempt == 0 { await Self.hang() }
                        return .done
                    })
            ])
        let id = try await fixture.start(Self.kind)
        let engine = fixture.engine(definition)
        // Whoever pauses for a deadline finds that it passes at once.
        let clock = Task { [clock = fixture.clock] in
            for await pause in clock.pauses where pause == .seconds(20) { clock.advance(pause) }
        }
        await engine.runDue()
        clock.cancel()
        fixture.clock.advance(.seconds(1))
        await engine.runDue()
        let record = try await fixture.record(of: id)
        #expect(record.state == .undone && tries.withLock { $0 } == 2)
        #expect(record.steps.first?.undo?.attempts == 2)
    }
}
