import Model
import Store
import TestStore
import Testing

@testable import Workflows

@Suite(.everyEngine) struct WorkflowCancelTests {
    static let kind = WorkflowType<String>("test.cancelled", deadline: .seconds(60))
    static let go = WorkflowSignal<NoOutput>("go")

    /// Waits before the pivot, at it, and past it.
    static let definition = WorkflowDefinition(
        kind, in: WorkflowFixture.slots,
        steps: [
            .booking("before", waiting), .booking("pivot", isPivot: true, waiting), .booking("after", waiting),
        ])

    static let waiting: @Sendable (StepContext<String>, any Transaction) throws -> StepVerdict<NoOutput> = {
        context, transaction in
        try context.take(go, in: transaction) == nil ? .wait(until: nil) : .done
    }

    @Test(arguments: [0, 1]) func `before the pivot what was done is undone`(taken: Int) async throws {
        let fixture = try await WorkflowFixture()
        let engine = fixture.engine(Self.definition)
        let id = try await fixture.start(Self.kind)
        for _ in 0..<taken { try await fixture.signal(Self.go, NoOutput(), to: .workflow(id)) }
        await engine.runDue()
        #expect(try await fixture.cancel(id) == .accepted)
        #expect(try await fixture.cancel(id, because: "again") == .accepted)
        await engine.runDue()
        let record = try await fixture.record(of: id)
        #expect(record.state == .undone && record.failure == "the user thought better of it")
        #expect(try await fixture.ledger().values.allSatisfy { $0 == 0 })
        #expect(try await fixture.cancel(id) == .ended)
    }

    @Test func `past the pivot it is refused by the pivot's name, and the deadline counts no more`() async throws {
        let fixture = try await WorkflowFixture()
        let engine = fixture.engine(Self.definition)
        let id = try await fixture.start(Self.kind)
        for _ in 0..<2 { try await fixture.signal(Self.go, NoOutput(), to: .workflow(id)) }
        await engine.runDue()
        #expect(try await fixture.cancel(id) == .refused(pivot: "pivot"))
        fixture.clock.advance(.seconds(120))
        await engine.runDue()
        #expect(try await fixture.state(of: id) == .running)
        try await fixture.signal(Self.go, NoOutput(), to: .workflow(id))
        await engine.runDue()
        #expect(try await fixture.state(of: id) == .done)
        #expect(try await fixture.ledger() == ["before": 1, "pivot": 1, "after": 1])
    }

    @Test func `one that is not begun, one that is not there`() async throws {
        let fixture = try await WorkflowFixture()
        let id = try await fixture.start(Self.kind)
        #expect(try await fixture.cancel(id) == .accepted)
        await fixture.engine(Self.definition).runDue()
        #expect(try await fixture.state(of: id) == .undone)
        #expect(try await fixture.ledger() == [:])
        #expect(try await fixture.cancel(IDSource.random.next()) == .unknown)
    }

    /// An effect that lasts for ever, perhaps the pivot.
    static func lasting(isPivot: Bool, world: WorkflowFixture.World, _ enter: @escaping @Sendable () async -> Void)
        -> WorkflowDefinition
    {
        WorkflowDefinition(
            kind, in: WorkflowFixture.slots,
            steps: [
                .effect(
                    "create", isPivot: isPivot,
                    act: { _ in
                        world.set("created", true)
                        await enter()
                        try Task.checkCancellation()
                        return .done
                    },
                    undo: { _ in
                        world.set("created", false)
                        return .done
                    })
            ])
    }

    @Test func `an effect under way is cancelled`() async throws {
        let fixture = try await WorkflowFixture()
        let (never, _) = AsyncStream<Void>.makeStream()
        let definition = Self.lasting(isPivot: false, world: fixture.world) { for await _ in never {} }
        let id = try await fixture.start(Self.kind)
        let engine = fixture.engine(definition)
        let running = Task { await engine.runDue() }
        await fixture.clock.waitForPause(of: .seconds(3))
        #expect(try await fixture.cancel(id) == .accepted)
        fixture.clock.advance(.seconds(3))
        await running.value
        #expect(try await fixture.state(of: id) == .undone)
        #expect(fixture.world.keys == [])
    }

    @Test func `a cancellation that is there before the pivot's end is first`() async throws {
        let fixture = try await WorkflowFixture()
        let id = try await fixture.start(Self.kind)
        let definition = Self.lasting(isPivot: true, world: fixture.world) {
            #expect((try? await fixture.cancel(id)) == .accepted)
        }
        await fixture.engine(definition).runDue()
        #expect(try await fixture.state(of: id) == .undone)
        #expect(fixture.world.keys == [])
    }

    @Test func `it survives the process`() async throws {
        let fixture = try await WorkflowFixture()
        for write in 1...6 {
            try await fixture.clear()
            let id = try await fixture.start(Self.kind)
            try await fixture.signal(Self.go, NoOutput(), to: .workflow(id))
            await fixture.engine(Self.definition).runDue()
            _ = try await fixture.cancel(id)
            let mortal = MortalStore(fixture.store, dyingAt: write, commitsLast: write % 2 == 0)
            await fixture.engine(Self.definition, on: mortal, owner: "first").runDue()
            fixture.clock.advance(.seconds(11))
            await fixture.engine(Self.definition, owner: "second").runDue()
            #expect(try await fixture.state(of: id) == .undone)
            #expect(try await fixture.ledger() == ["before": 0])
        }
    }
}
