import Model
import Store
import Synchronization
import TestStore
import Testing

@testable import Workflows

@Suite(.everyEngine) struct WorkflowEngineTests {
    static let kind = WorkflowType<String>("test.waiting")
    static let timed = WorkflowType<String>("test.waiting", deadline: .seconds(60))
    static let go = WorkflowSignal<String>("go")

    /// Books, waits for the signal `go`, then books.
    static let waiting = WorkflowDefinition(
        kind, in: WorkflowFixture.slots,
        steps: [
            .booking("booked"),
            .transaction("wait") { context, transaction in
                guard try context.take(go, in: transaction) == "yes" else { return .wait(until: nil) }
                try WorkflowFixture.book("gone", 1, transaction)
                return .done
            },
        ])

    @Test func `a workflow waits for its signal and is woken by it`() async throws {
        let fixture = try await WorkflowFixture()
        let engine = fixture.engine(Self.waiting)
        let id = try await fixture.start(Self.kind)
        await engine.runDue()
        #expect(try await fixture.state(of: id) == .running)
        #expect(try await fixture.ledger() == ["booked": 1])
        try await fixture.signal(Self.go, "yes", to: .workflow(id))
        await engine.runDue()
        #expect(try await fixture.state(of: id) == .done)
        #expect(try await fixture.ledger() == ["booked": 1, "gone": 1])
        try await fixture.signal(Self.go, "yes", to: .workflow(id))
        await engine.runDue()
        #expect(try await fixture.ledger() == ["booked": 1, "gone": 1])
        #expect(try await fixture.inbox() == 0)
    }

    @Test func `past the deadline what was done is undone`() async throws {
        let fixture = try await WorkflowFixture()
        let engine = fixture.engine(Self.waiting)
        let id = try await fixture.start(Self.timed)
        await engine.runDue()
        fixture.clock.advance(.seconds(59))
        await engine.runDue()
        #expect(try await fixture.state(of: id) == .running)
        fixture.clock.advance(.seconds(2))
        await engine.runDue()
        #expect(try await fixture.state(of: id) == .undone)
        #expect(try await fixture.ledger() == ["booked": 0])
    }

    @Test func `trouble is tried again, later each time`() async throws {
        let fixture = try await WorkflowFixture()
        let tries = Mutex(0)
        let kind = WorkflowType<String>("test.trouble")
        let definition = WorkflowDefinition(
            kind, in: WorkflowFixture.slots,
            steps: [
                .effect("reach") { context in
                    let count = tries.withLock { count in
                        count += 1
                        return count
                    }
                    #expect(context.attempt == count - 1)
                    if count < 3 { throw Fault.unavailable("nobody there") }
                    return .done
                }
            ])
        let engine = fixture.engine(definition)
        let id = try await fixture.start(kind)
        await engine.runDue()
        await engine.runDue()
        #expect(tries.withLock { $0 } == 1)
        fixture.clock.advance(.seconds(1))
        await engine.runDue()
        #expect(tries.withLock { $0 } == 2)
        fixture.clock.advance(.seconds(1))
        await engine.runDue()
        #expect(tries.withLock { $0 } == 2)
        let running = try await fixture.record(of: id).steps
        #expect(running.first?.forward?.attempts == 2 && running.first?.forward?.ended == nil)
        #expect(running.first?.forward?.reason == "nobody there")
        fixture.clock.advance(.seconds(1))
        await engine.runDue()
        #expect(try await fixture.state(of: id) == .done)
    }

    @Test func `a timer wakes a step`() async throws {
        let fixture = try await WorkflowFixture()
        let due = fixture.clock.now + .seconds(5)
        let kind = WorkflowType<String>("test.timer")
        let definition = WorkflowDefinition(
            kind, in: WorkflowFixture.slots,
            steps: [.transaction("sleep") { context, _ in context.now < due ? .wait(until: due) : .done }])
        let engine = fixture.engine(definition)
        let id = try await fixture.start(kind)
        await engine.runDue()
        #expect(try await fixture.state(of: id) == .running)
        fixture.clock.advance(.seconds(5))
        await engine.runDue()
        #expect(try await fixture.state(of: id) == .done)
    }

    @Test func `two engines never run one workflow at once`() async throws {
        let fixture = try await WorkflowFixture()
        let kind = WorkflowType<String>("test.race")
        let definition = WorkflowDefinition(
            kind, in: WorkflowFixture.slots,
            steps: [
                .transaction("one") { context, transaction in
                    try WorkflowFixture.book("\(context.workflow)", 1, transaction)
                    return .done
                }
            ])
        var ids: [String] = []
        for _ in 0..<30 { ids.append("\(try await fixture.start(kind))") }
        let first = fixture.engine(definition, owner: "a")
        let second = fixture.engine(definition, owner: "b")
        async let one: Void = first.runDue()
        async let two: Void = second.runDue()
        _ = await (one, two)
        // Who lost against the other leaves what it wanted to the next look.
        fixture.clock.advance(.seconds(31))
        await first.runDue()
        let ledger = try await fixture.ledger()
        #expect(ledger == Dictionary(uniqueKeysWithValues: ids.map { ($0, 1) }))
    }

    @Test func `a process that lost its lease changes nothing any more`() async throws {
        let fixture = try await WorkflowFixture()
        let (entered, enter) = AsyncStream<Void>.makeStream()
        let (released, release) = AsyncStream<Void>.makeStream()
        let isFirst = Mutex(true)
        let kind = WorkflowType<String>("test.zombie")
        let definition = WorkflowDefinition(
            kind, in: WorkflowFixture.slots,
            steps: [
                .effect("linger") { _ in
                    let waits = isFirst.withLock { isFirst in
                        defer { isFirst = false }
                        return isFirst
                    }
                    if waits {
                        enter.yield()
                        for await _ in released { break }
                    }
                    return .done
                },
                .booking("booked"),
            ])
        let id = try await fixture.start(kind)
        let first = fixture.engine(definition, owner: "a", time: fixture.clock.reading)
        let zombie = Task { await first.runDue() }
        for await _ in entered { break }
        fixture.clock.advance(.seconds(11))
        await fixture.engine(definition, owner: "b").runDue()
        release.yield()
        await zombie.value
        #expect(try await fixture.state(of: id) == .done)
        #expect(try await fixture.ledger() == ["booked": 1])
    }

    @Test(.timeLimit(.minutes(30)))
    func `the running engine takes up what is written and lets go when cancelled`() async throws {
        let fixture = try await WorkflowFixture()
        let (done, finish) = AsyncStream<Void>.makeStream()
        let (never, silence) = AsyncStream<Void>.makeStream()
        let kind = WorkflowType<String>("test.run")
        let definition = WorkflowDefinition(
            kind, in: WorkflowFixture.slots,
            steps: [
                .effect("tell") { _ in
                    finish.yield()
                    return .done
                },
                .effect("hang") { _ in
                    for await _ in never {}
                    try Task.checkCancellation()
                    return .done
                },
            ])
        let engine = fixture.engine(definition, time: fixture.clock.reading)
        let running = Task { try await engine.run() }
        let id: WorkflowID = IDSource.random.next()
        try await fixture.store.write { [now = fixture.clock.now] transaction in
            try engine.journal.start(kind, id: id, input: "x", on: .system, at: now, in: transaction)
        }
        for await _ in done { break }
        running.cancel()
        try await running.value
        // Until here the step had something to wait for.
        silence.finish()
        let lease = try await fixture.store.read { transaction in
            try transaction.first("SELECT lease_until FROM workflows WHERE id = \(id)") { row in try row[0] as Int }
        }
        #expect(lease == 0)
    }

    @Test func `ended workflows are forgotten`() async throws {
        let fixture = try await WorkflowFixture()
        let id = try await fixture.start(Journey.kind)
        await fixture.engine(Journey(world: fixture.world, end: .done).definition).runDue()
        let later = fixture.clock.now + .seconds(1)
        let book = LeaseBook(owner: "a", length: .seconds(1))
        try await fixture.store.write { try book.prune(endedBefore: later, signalsBefore: later, in: $0) }
        let left = try await fixture.store.read { transaction in
            try transaction.first("SELECT COUNT(*) FROM workflow_steps") { row in try row[0] as Int }
        }
        #expect(left == 0)
        #expect(try await fixture.store.read { try WorkflowJournal.detached.record(of: id, in: $0) } == nil)
    }
}
