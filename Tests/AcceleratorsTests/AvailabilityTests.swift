import Fleet
import HTTPTypes
import Link
import Model
import Store
import TestJSON
import TestPlacement
import TestWatched
import Testing
import Workflows

@testable import Accelerators

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
        #expect(!fixture.placement.state.value.calls.contains("set inventories"))
        #expect(try await fixture.openWorkflows() == [])
    }

    @Test func `others write at the same time, and Placement is away for a while`() async throws {
        let fixture = try await world()
        fixture.placement.interrupt(writes: 3)
        fixture.placement.cut(true)
        try await fixture.heartbeat("host-a", .down)
        fixture.clock.advance(.seconds(61))
        await fixture.engine.runDue()
        #expect(reserved(fixture) == [0, 1])
        fixture.placement.cut(false)
        fixture.clock.advance(.seconds(31))
        await fixture.engine.runDue()
        #expect(reserved(fixture) == [4, 4])
        fixture.placement.interrupt(writes: 2)
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
        fixture.placement.state.change { $0.providers[two] = nil }
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

    @Test func `a write to what an operator disabled has its agent look at Placement again`() async throws {
        let fixture = try await world()
        try await fixture.report(Reports.host([Reports.device(3)]), from: "host-b")
        let device = try await fixture.call(.get, "/v2/devices").json["devices"][0]["uuid"].text
        let watch = WithheldWatch(store: fixture.store, dispatch: TableDispatch(), time: fixture.clock.source)
        func touches(after numbers: [Int]) async throws -> [String] {
            try await fixture.store.write { transaction in
                _ = try transaction.execute("DELETE FROM test_touches")
            }
            try await watch.hear(
                .changes(
                    numbers.map {
                        ChangeLog.Entry(sequence: 1, kind: "provider", key: "\(Reports.provider($0))", generation: 1)
                    }))
            return try await fixture.store.read { transaction in
                try transaction.all("SELECT host FROM test_touches") { row in try row[0] as String }
            }
        }
        #expect(try await touches(after: [1, 2, 3]) == [])
        try await fixture.call(.post, "/v2/devices/\(device)/disable")
        #expect(try await touches(after: [1, 2, 3]) == ["host-a"])
        #expect(try await touches(after: [2, 3]) == [])
        try await fixture.call(.post, "/v2/hosts/host-b/disable", ["reason": "r"], version: "2.4")
        #expect(try await touches(after: [3]) == ["host-b"])
    }
}
