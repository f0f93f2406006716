import TestStore
import Testing

@testable import Workflows

/// The process dies at every write an engine makes, before and after the commit; a second engine resumes.
@Suite struct WorkflowKillTests {
    @Test(arguments: 1...14, [false, true])
    func `nothing is lost and nothing happens twice`(write: Int, commitsLast: Bool) async throws {
        let fixture = try await WorkflowFixture()
        let journey = fixture.journey(failing: false)
        let id = try await fixture.start(journey)
        let mortal = MortalStore(fixture.store, dyingAt: write, commitsLast: commitsLast)
        await fixture.engine(journey, on: mortal, owner: "first").runDue()

        fixture.clock.advance(.seconds(11))
        await fixture.engine(journey, owner: "second").runDue()

        #expect(try await fixture.state(of: id) == "done")
        #expect(try await fixture.ledger() == ["a": 1, "c": 1, "e": 1])
        #expect(fixture.world.keys == ["b", "d"])
        await fixture.close()
    }

    @Test(arguments: 1...22, [false, true])
    func `undoing is finished by another as well`(write: Int, commitsLast: Bool) async throws {
        let fixture = try await WorkflowFixture()
        let journey = fixture.journey(failing: true)
        let id = try await fixture.start(journey)
        let mortal = MortalStore(fixture.store, dyingAt: write, commitsLast: commitsLast)
        await fixture.engine(journey, on: mortal, owner: "first").runDue()

        fixture.clock.advance(.seconds(11))
        await fixture.engine(journey, owner: "second").runDue()

        #expect(try await fixture.state(of: id) == "undone")
        #expect(try await fixture.ledger().values.allSatisfy { $0 == 0 })
        #expect(fixture.world.keys.isEmpty)
        await fixture.close()
    }

    @Test func `the kills above reach the last write`() async throws {
        let fixture = try await WorkflowFixture()
        let forward = MortalStore(fixture.store, dyingAt: 1000, commitsLast: true)
        try await fixture.start(fixture.journey(failing: false))
        await fixture.engine(fixture.journey(failing: false), on: forward, owner: "a").runDue()
        #expect(forward.count <= 14)
        let back = MortalStore(fixture.store, dyingAt: 1000, commitsLast: true)
        try await fixture.start(fixture.journey(failing: true))
        await fixture.engine(fixture.journey(failing: true), on: back, owner: "b").runDue()
        #expect(back.count <= 22)
        await fixture.close()
    }
}
