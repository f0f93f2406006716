import Model
import TestStore
import Testing

@testable import Workflows

/// The process dies at every write an engine makes, before and after the commit; a second engine resumes.
@Suite(.everyEngine) struct WorkflowKillTests {
    /// The first engine dies at each of its writes in turn; answers how many there were.
    func kill(
        _ fixture: WorkflowFixture, _ end: Journey.End, commitsLast: Bool,
        _ check: (WorkflowID) async throws -> Void
    ) async throws -> Int {
        let journey = Journey(world: fixture.world, end: end).definition
        for write in 1... {
            try await fixture.clear()
            let id = try await fixture.start(Journey.kind)
            let mortal = MortalStore(fixture.store, dyingAt: write, commitsLast: commitsLast)
            let first = fixture.engine(journey, on: mortal, owner: "first")
            let second = fixture.engine(journey, owner: "second")
            // A step past the pivot is tried again three times.
            for _ in 0..<4 {
                await first.runDue()
                fixture.clock.advance(.seconds(11))
                await second.runDue()
            }
            try await check(id)
            if !mortal.isDead { return mortal.count }
        }
        return 0
    }

    @Test(arguments: [false, true])
    func `nothing is lost and nothing happens twice`(commitsLast: Bool) async throws {
        let fixture = try await WorkflowFixture()
        let writes = try await kill(fixture, .done, commitsLast: commitsLast) { id async throws in
            #expect(try await fixture.state(of: id) == .done)
            #expect(try await fixture.ledger() == ["a": 1, "c": 1, "e": 1])
            #expect(fixture.world.keys == ["b-7", "d"])
        }
        #expect(writes > 7)
    }

    @Test(arguments: [false, true])
    func `undoing is finished by another as well`(commitsLast: Bool) async throws {
        let fixture = try await WorkflowFixture()
        let writes = try await kill(fixture, .failed, commitsLast: commitsLast) { id async throws in
            #expect(try await fixture.state(of: id) == .undone)
            #expect(try await fixture.ledger().values.allSatisfy { $0 == 0 })
            #expect(fixture.world.keys.isEmpty)
        }
        #expect(writes > 14)
    }

    @Test(arguments: [false, true])
    func `past the pivot it only goes forward, whoever goes on`(commitsLast: Bool) async throws {
        let fixture = try await WorkflowFixture()
        let writes = try await kill(fixture, .stubborn, commitsLast: commitsLast) { id async throws in
            let record = try await fixture.record(of: id)
            #expect(record.state == .done && record.failure == nil)
            #expect(record.steps.last?.forward?.attempts == 3 && record.steps.last?.forward?.reason == "not yet")
            #expect(record.steps.allSatisfy { $0.undo == nil })
            #expect(try await fixture.ledger() == ["a": 1, "c": 1, "e": 1])
        }
        #expect(writes > 8)
    }
}
