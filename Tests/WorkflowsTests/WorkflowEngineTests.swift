import Model
import Store
import StoreSQLite
import Synchronization
import Testing

@testable import Workflows

@Suite struct WorkflowEngineTests {
    /// Waits for the signal `go`, then books.
    func waiting(deadline: Duration? = nil) -> WorkflowDefinition {
        WorkflowDefinition(
            name: "test.waiting", deadline: deadline,
            steps: [
                .transaction(
                    "book",
                    act: { _, transaction in
                        try WorkflowFixture.book("booked", 1, transaction)
                        return .done
                    },
                    undo: { _, transaction in
                        try WorkflowFixture.book("booked", -1, transaction)
                        return .done
                    }),
                .transaction("wait") { context, transaction in
                    guard context.signals["go"] == "yes" else { return .wait(until: nil) }
                    try WorkflowFixture.book("gone", 1, transaction)
                    return .done
                },
            ])
    }

    @Test func `a workflow waits for its signal and is woken by it`() async throws {
        let fixture = try await WorkflowFixture()
        let engine = fixture.engine(waiting(), owner: "a")
        let id = try await fixture.start(waiting())
        await engine.runDue()
        #expect(try await fixture.state(of: id) == "running")
        #expect(try await fixture.ledger() == ["booked": 1])
        try await fixture.signal(id, "go")
        await engine.runDue()
        #expect(try await fixture.state(of: id) == "done")
        #expect(try await fixture.ledger() == ["booked": 1, "gone": 1])
        try await fixture.signal(id, "go")
        await engine.runDue()
        #expect(try await fixture.ledger() == ["booked": 1, "gone": 1])
        await fixture.close()
    }

    @Test func `past the deadline what was done is undone`() async throws {
        let fixture = try await WorkflowFixture()
        let engine = fixture.engine(waiting(deadline: .seconds(60)), owner: "a")
        let id = try await fixture.start(waiting(deadline: .seconds(60)))
        await engine.runDue()
        fixture.clock.advance(.seconds(59))
        await engine.runDue()
        #expect(try await fixture.state(of: id) == "running")
        fixture.clock.advance(.seconds(2))
        await engine.runDue()
        #expect(try await fixture.state(of: id) == "undone")
        #expect(try await fixture.ledger() == ["booked": 0])
        await fixture.close()
    }

    @Test func `trouble is tried again, later each time`() async throws {
        let fixture = try await WorkflowFixture()
        let tries = Mutex(0)
        let definition = WorkflowDefinition(
            name: "test.trouble",
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
        let engine = fixture.engine(definition, owner: "a")
        let id = try await fixture.start(definition)
        await engine.runDue()
        await engine.runDue()
        #expect(tries.withLock { $0 } == 1)
        fixture.clock.advance(.seconds(1))
        await engine.runDue()
        #expect(tries.withLock { $0 } == 2)
        fixture.clock.advance(.seconds(1))
        await engine.runDue()
        #expect(tries.withLock { $0 } == 2)
        fixture.clock.advance(.seconds(1))
        await engine.runDue()
        #expect(try await fixture.state(of: id) == "done")
        await fixture.close()
    }

    @Test func `a timer wakes a step`() async throws {
        let fixture = try await WorkflowFixture()
        let due = fixture.clock.source.now() + .seconds(5)
        let definition = WorkflowDefinition(
            name: "test.timer",
            steps: [.transaction("sleep") { context, _ in context.now < due ? .wait(until: due) : .done }])
        let engine = fixture.engine(definition, owner: "a")
        let id = try await fixture.start(definition)
        await engine.runDue()
        #expect(try await fixture.state(of: id) == "running")
        fixture.clock.advance(.seconds(5))
        await engine.runDue()
        #expect(try await fixture.state(of: id) == "done")
        await fixture.close()
    }

    @Test func `two engines never run one workflow at once`() async throws {
        let fixture = try await WorkflowFixture()
        let definition = WorkflowDefinition(
            name: "test.race",
            steps: [
                .transaction("one") { context, transaction in
                    try WorkflowFixture.book("\(context.workflow)", 1, transaction)
                    return .done
                }
            ])
        var ids: [String] = []
        for _ in 0..<50 { ids.append("\(try await fixture.start(definition))") }
        let first = fixture.engine(definition, owner: "a")
        let second = fixture.engine(definition, owner: "b")
        async let one: Void = first.runDue()
        async let two: Void = second.runDue()
        _ = await (one, two)
        let ledger = try await fixture.ledger()
        #expect(ledger == Dictionary(uniqueKeysWithValues: ids.map { ($0, 1) }))
        await fixture.close()
    }

    @Test func `a process that lost its lease changes nothing any more`() async throws {
        let fixture = try await WorkflowFixture()
        let (entered, enter) = AsyncStream<Void>.makeStream()
        let (released, release) = AsyncStream<Void>.makeStream()
        let isFirst = Mutex(true)
        let definition = WorkflowDefinition(
            name: "test.zombie",
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
                .transaction("book") { _, transaction in
                    try WorkflowFixture.book("booked", 1, transaction)
                    return .done
                },
            ])
        let id = try await fixture.start(definition)
        let zombie = Task { [engine = fixture.engine(definition, owner: "a")] in await engine.runDue() }
        for await _ in entered { break }
        fixture.clock.advance(.seconds(11))
        await fixture.engine(definition, owner: "b").runDue()
        release.yield()
        await zombie.value
        #expect(try await fixture.state(of: id) == "done")
        #expect(try await fixture.ledger() == ["booked": 1])
        await fixture.close()
    }

    @Test(.timeLimit(.minutes(30)))
    func `the running engine takes up what is written and lets go when cancelled`() async throws {
        let fixture = try await WorkflowFixture()
        let (done, finish) = AsyncStream<Void>.makeStream()
        let definition = WorkflowDefinition(
            name: "test.run",
            steps: [
                .effect("tell") { _ in
                    finish.yield()
                    return .done
                },
                .effect("hang") { _ in
                    try await Task.sleep(for: .seconds(3600))
                    return .done
                },
            ])
        let engine = fixture.engine(definition, owner: "a")
        let running = Task { try await engine.run() }
        let id: WorkflowID = IDSource.random.next()
        let now = fixture.clock.source.now()
        try await fixture.store.write { transaction in
            try engine.journal.start(definition, id: id, input: 1, at: now, in: transaction)
        }
        for await _ in done { break }
        running.cancel()
        try await running.value
        let lease = try await fixture.store.read { transaction in
            try transaction.first("SELECT lease_until FROM workflows WHERE id = \(id)") { row in try row[0] as Int }
        }
        #expect(lease == 0)
        await fixture.close()
    }

    @Test func `ended workflows are forgotten`() async throws {
        let fixture = try await WorkflowFixture()
        let journey = fixture.journey(failing: false)
        try await fixture.start(journey)
        let engine = fixture.engine(journey, owner: "a")
        await engine.runDue()
        let later = fixture.clock.source.now() + .seconds(1)
        let book = LeaseBook(owner: "a", length: .seconds(1))
        try await fixture.store.write { try book.prune(endedBefore: later, in: $0) }
        let left = try await fixture.store.read { transaction in
            try transaction.first("SELECT COUNT(*) FROM workflow_steps") { row in try row[0] as Int }
        }
        #expect(left == 0)
        await fixture.close()
    }
}
