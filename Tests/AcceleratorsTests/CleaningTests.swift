import Accelerators
import Clients
import Fleet
import HTTPTypes
import Link
import Model
import Store
import StoreSQLite
import TestJSON
import Testing
import Workflows

/// What a handle goes through after its release, and when it is set aside.
@Suite struct CleaningTests {
    let one = Reports.instance(1)

    /// W6: upstream cleans nothing between tenants.
    @Test func `W6 a device that keeps content is cleaned before another tenant gets it`() async throws {
        let fixture = try await AcceleratorFixture()
        try await fixture.report(Reports.host([Reports.device(needsCleaning: true)]))
        try await fixture.profile("p")
        let first = try await fixture.requests("p")
        let second = try await fixture.requests("p", as: .otherMember)
        try await fixture.bind(first, instance: one, provider: Reports.provider(1))
        let bound = try await fixture.store.read { [fleet = fixture.service.fleet] in
            try fleet.holdings(of: "host-a", in: $0)
        }
        #expect(bound.holdings.map(\.type) == [.testPCI])
        try await fixture.call(.delete, "/v2/accelerator_requests?arqs=\(first[0])", as: .memberThroughService)
        #expect(try await fixture.handleStates() == ["cleaning": 1])
        // Nobody holds it, and its host's agent must leave it as it is all the same.
        let told = try await fixture.store.read { [fleet = fixture.service.fleet] in
            try fleet.holdings(of: "host-a", in: $0)
        }
        #expect(told.holdings.isEmpty && told.occupied?.count == 1)
        let early = try await fixture.bind(
            second, instance: Reports.instance(2), provider: Reports.provider(1), as: .otherMemberThroughService)
        #expect(early.status == 404)
        try await fixture.finish(try await fixture.work()[0])
        let late = try await fixture.bind(
            second, instance: Reports.instance(2), provider: Reports.provider(1), as: .otherMemberThroughService)
        #expect(late.status == 202)
    }

    @Test func `a cleaning that fails or hangs quarantines the handle`() async throws {
        for hangs in [false, true] {
            let fixture = try await AcceleratorFixture()
            try await fixture.report(Reports.host([Reports.device(needsCleaning: true)]))
            try await fixture.profile("p")
            let ids = try await fixture.requests("p")
            try await fixture.bind(ids, instance: one, provider: Reports.provider(1))
            try await fixture.call(.delete, "/v2/accelerator_requests/\(ids[0])", as: .memberThroughService)
            if hangs {
                fixture.clock.advance(.seconds(901))
                await fixture.engine.runDue()
            } else {
                try await fixture.finish(try await fixture.work()[0], .failed("bad blocks"))
            }
            #expect(try await fixture.handleStates() == ["error": 1])
            #expect(try await fixture.withheld() == [Reports.provider(1)])
            #expect(try await fixture.work().isEmpty)
        }
    }

    @Test func `a cleaning's time runs while its host is alive, and anew when it comes back`() async throws {
        let fixture = try await AcceleratorFixture()
        try await fixture.heartbeat("host-a", .up)
        try await fixture.report(Reports.host([Reports.device(needsCleaning: true)]))
        try await fixture.profile("p")
        let ids = try await fixture.requests("p")
        try await fixture.bind(ids, instance: one, provider: Reports.provider(1))
        try await fixture.call(.delete, "/v2/accelerator_requests/\(ids[0])", as: .memberThroughService)
        func wait(_ seconds: Int) async throws -> [String: Int] {
            fixture.clock.advance(.seconds(seconds))
            await fixture.engine.runDue()
            return try await fixture.handleStates()
        }
        #expect(try await wait(800) == ["cleaning": 1])
        // Down at its deadline, and for days.
        try await fixture.heartbeat("host-a", .down)
        for _ in 0..<5 { #expect(try await wait(86_400) == ["cleaning": 1]) }
        let item = try await fixture.work()[0]
        #expect(item.kind == .clean && item.deadline > fixture.clock.source.now().microseconds)
        try await fixture.heartbeat("host-a", .up)
        #expect(try await wait(890) == ["cleaning": 1])
        // Nobody has heard of it since, so nobody knows that it had its time.
        #expect(try await wait(20) == ["cleaning": 1])
        try await fixture.heartbeat("host-a", .down)
        try await fixture.heartbeat("host-a", .up)
        #expect(try await wait(895) == ["cleaning": 1])
        #expect(try await wait(10) == ["cleaning": 1])
        try await fixture.proves("host-a")
        #expect(try await wait(5) == ["error": 1])
        #expect(try await fixture.work().isEmpty)
    }

    /// W10: upstream has no way to say that unbinding failed, and hides why. Here unbinding a request cannot fail: what fails
    /// on the host is the handle's.
    @Test func `W10 a preparation that cannot be undone quarantines the handle, not the request`() async throws {
        let fixture = try await AcceleratorFixture()
        try await fixture.report(Reports.host([Reports.device(needsPreparation: true)]))
        try await fixture.profile("p")
        let ids = try await fixture.requests("p")
        try await fixture.bind(ids, instance: one, provider: Reports.provider(1))
        try await fixture.finish(try await fixture.work()[0])
        let unbound = try await fixture.call(
            .patch, "/v2/accelerator_requests", AcceleratorFixture.unbinding(ids), as: .memberThroughService)
        #expect(unbound.status == 202)
        #expect(try await fixture.show(ids[0])["state"] == "Unbound")
        try await fixture.finish(try await fixture.work()[0], .failed("the mdev is busy"))
        #expect(try await fixture.show(ids[0])["state"] == "Unbound")
        #expect(try await fixture.handleStates() == ["error": 1])
        let handles = try await fixture.call(.get, "/v2/attach_handles?state=error", version: "2.4").json
        #expect(handles["attach_handles"][0]["reason"] == "the mdev is busy")
    }
}
