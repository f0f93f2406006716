import Model
import Store
import TestStore
import Testing

@testable import Workflows

@Suite(.everyEngine) struct WorkflowSlotTests {
    @Test(.timeLimit(.minutes(30)))
    func `a service whose slots are full holds up no other`() async throws {
        let fixture = try await WorkflowFixture()
        let (ended, end) = AsyncStream<String>.makeStream()
        let create = WorkflowType<String>("slow.create")
        let bind = WorkflowType<String>("quick.bind")
        let slow = WorkflowDefinition(
            create, in: WorkflowSlots("slow", count: 2),
            steps: [
                .effect("create") { _ in
                    try await fixture.clock.source.sleep(for: .seconds(5))
                    end.yield("create")
                    return .done
                }
            ])
        let quick = WorkflowDefinition(
            bind, in: WorkflowSlots("quick", count: 1),
            steps: [
                .effect("bind") { _ in
                    end.yield("bind")
                    return .done
                }
            ])
        for _ in 0..<3 { try await fixture.start(create) }
        let engine = fixture.engine(slow, quick, time: fixture.clock.reading)
        let running = Task { try await engine.run() }
        for _ in 0..<2 { await fixture.clock.waitForPause(of: .seconds(5)) }
        for _ in 0..<2 { try await fixture.start(bind) }
        var ends = ended.makeAsyncIterator()
        for _ in 0..<2 {
            let end = await ends.next()
            #expect(end == "bind")
        }
        // The third waits without a lease, for any process that has a slot free.
        let waiting = try await fixture.store.read { transaction in
            try transaction.all("SELECT id FROM workflows WHERE definition = 'slow.create' AND owner IS NULL") { row in
                try row[0] as WorkflowID
            }
        }
        #expect(waiting.count == 1)
        fixture.clock.advance(.seconds(5))
        for _ in 0..<2 {
            let end = await ends.next()
            #expect(end == "create")
        }
        await fixture.clock.waitForPause(of: .seconds(5))
        fixture.clock.advance(.seconds(5))
        let last = await ends.next()
        #expect(last == "create")
        running.cancel()
        try await running.value
    }

    @Test func `free slots are counted by service`() {
        let table = SlotTable()
        func definition(_ name: String, _ slots: WorkflowSlots) -> WorkflowDefinition {
            WorkflowDefinition(WorkflowType<String>(name), in: slots, steps: [])
        }
        let slots = WorkflowSlots("s", count: 2)
        table.register(definition("s.one", slots))
        table.register(definition("s.two", slots))
        table.register(definition("t.one", WorkflowSlots("t", count: 1)))
        func free() -> [String: Int] {
            Dictionary(uniqueKeysWithValues: table.free().map { ($0.definitions.joined(separator: ","), $0.limit) })
        }
        #expect(free() == ["s.one,s.two": 2, "t.one": 1])
        table.occupy("s.one")
        table.occupy("t.one")
        #expect(free() == ["s.one,s.two": 1])
        table.occupy("s.two")
        #expect(free() == [:])
        table.release("t.one")
        table.release("s.one")
        #expect(free() == ["s.one,s.two": 1, "t.one": 1])
    }
}
