import Accelerators
import Link
import Model
import TestJSON
import Testing
import Workflows

/// W35: when only the agent of a host is down, upstream keeps scheduling onto its devices.
@Suite struct AvailabilityTests {
    let one = Reports.provider(1)
    let two = Reports.provider(2)

    func world() async throws -> AcceleratorFixture {
        let fixture = try await AcceleratorFixture()
        try await fixture.report(Reports.host([Reports.device(1, units: 4), Reports.device(2, units: 4)]))
        fixture.placement.set(one, total: 4, reserved: 0)
        // An administrator keeps one back.
        fixture.placement.set(two, total: 4, reserved: 1)
        return fixture
    }

    func reserved(_ fixture: AcceleratorFixture) -> [Int?] {
        [fixture.placement.reserved(one), fixture.placement.reserved(two)]
    }

    @Test func `W35 a host that is down is withheld after a while, and given back as it was`() async throws {
        let fixture = try await world()
        try await fixture.heartbeat("host-a", .down)
        await fixture.engine.runDue()
        #expect(reserved(fixture) == [0, 1])
        fixture.clock.advance(.seconds(61))
        await fixture.engine.runDue()
        #expect(reserved(fixture) == [4, 4])
        try await fixture.heartbeat("host-a", .up)
        await fixture.engine.runDue()
        #expect(reserved(fixture) == [0, 1])
        #expect(try await fixture.openWorkflows() == [])
    }

    @Test func `a host that is soon back is never touched`() async throws {
        let fixture = try await world()
        try await fixture.heartbeat("host-a", .down)
        await fixture.engine.runDue()
        fixture.clock.advance(.seconds(30))
        try await fixture.heartbeat("host-a", .up)
        await fixture.engine.runDue()
        fixture.clock.advance(.seconds(61))
        await fixture.engine.runDue()
        #expect(fixture.placement.change { $0.writes } == 0)
        #expect(try await fixture.openWorkflows() == [])
    }

    @Test func `others write at the same time, and Placement is away for a while`() async throws {
        let fixture = try await world()
        fixture.placement.change { state in
            state.interruptions = 3
            state.isDown = true
        }
        try await fixture.heartbeat("host-a", .down)
        fixture.clock.advance(.seconds(61))
        await fixture.engine.runDue()
        #expect(reserved(fixture) == [0, 1])
        fixture.placement.change { $0.isDown = false }
        fixture.clock.advance(.seconds(31))
        await fixture.engine.runDue()
        #expect(reserved(fixture) == [4, 4])
        fixture.placement.change { $0.interruptions = 2 }
        try await fixture.heartbeat("host-a", .up)
        await fixture.engine.runDue()
        #expect(reserved(fixture) == [0, 1])
    }

    @Test func `what an administrator changes meanwhile stands, and what is gone is gone`() async throws {
        let fixture = try await world()
        try await fixture.heartbeat("host-a", .down)
        fixture.clock.advance(.seconds(61))
        await fixture.engine.runDue()
        fixture.placement.set(one, total: 4, reserved: 2)
        fixture.placement.change { $0.inventories[two] = nil }
        try await fixture.heartbeat("host-a", .up)
        await fixture.engine.runDue()
        #expect(reserved(fixture) == [2, nil])
        #expect(try await fixture.openWorkflows() == [])
    }

    @Test func `it flaps: the last state counts`() async throws {
        let fixture = try await world()
        for _ in 0..<3 {
            try await fixture.heartbeat("host-a", .down)
            fixture.clock.advance(.seconds(61))
            await fixture.engine.runDue()
            try await fixture.heartbeat("host-a", .up)
        }
        await fixture.engine.runDue()
        #expect(reserved(fixture) == [0, 1])
        try await fixture.heartbeat("host-a", .down)
        fixture.clock.advance(.seconds(61))
        await fixture.engine.runDue()
        #expect(reserved(fixture) == [4, 4])
    }
}
