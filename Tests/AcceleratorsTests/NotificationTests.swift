import Accelerators
import Clients
import HTTPTypes
import Link
import Model
import StoreSQLite
import TestJSON
import Testing
import Workflows

/// What the compute service is told of bindings, and what its answers change: nothing.
@Suite struct NotificationTests {
    let one = Reports.instance(1)

    /// W12: upstream's PATCH reports an error although the request is bound.
    @Test(
        arguments: [
            .failure(.unavailable("down")), .success(.tryAgain), .success(.refused("no")),
        ] as [Result<Clients.Outcome, Fault>])
    func `W12 a compute service in trouble fails no PATCH`(answer: Result<Clients.Outcome, Fault>) async throws {
        let fixture = try await AcceleratorFixture(compute: FakeCompute(answer))
        try await fixture.report(Reports.host([Reports.device()]))
        try await fixture.profile("p")
        let ids = try await fixture.requests("p")
        #expect(try await fixture.bind(ids, instance: one, provider: Reports.provider(1)).status == 202)
        await fixture.engine.runDue()
        #expect(try await fixture.states(ids) == ["Bound"])
        let before = fixture.compute.received.count
        fixture.compute.answer(.success(.accepted))
        fixture.clock.advance(.seconds(1))
        await fixture.engine.runDue()
        if case .success(.refused) = answer {
            #expect(fixture.compute.received.count == before)
        } else {
            #expect(fixture.compute.received.count == before + 1)
        }
        fixture.clock.advance(.seconds(10))
        await fixture.engine.runDue()
        #expect(fixture.compute.received.count <= before + 1)
    }

    @Test func `the compute service is told again until its own wait is over, and no longer`() async throws {
        let fixture = try await AcceleratorFixture(compute: FakeCompute(.success(.tryAgain)))
        try await fixture.report(Reports.host([Reports.device()]))
        try await fixture.profile("p")
        let ids = try await fixture.requests("p")
        try await fixture.bind(ids, instance: one, provider: Reports.provider(1))
        for _ in 0..<400 {
            await fixture.engine.runDue()
            fixture.clock.advance(.seconds(1))
        }
        let count = fixture.compute.received.count
        #expect((40...120).contains(count))
        fixture.clock.advance(.seconds(60))
        await fixture.engine.runDue()
        #expect(fixture.compute.received.count == count)
        #expect(try await fixture.states(ids) == ["Bound"])
    }

    @Test func `what was unbound meanwhile is no news`() async throws {
        let fixture = try await AcceleratorFixture(compute: FakeCompute(.success(.tryAgain)))
        try await fixture.report(Reports.host([Reports.device()]))
        try await fixture.profile("p")
        let ids = try await fixture.requests("p")
        try await fixture.bind(ids, instance: one, provider: Reports.provider(1))
        await fixture.engine.runDue()
        let count = fixture.compute.received.count
        try await fixture.call(.delete, "/v2/accelerator_requests?instance=\(one)", as: .memberThroughService)
        fixture.clock.advance(.seconds(30))
        await fixture.engine.runDue()
        #expect(fixture.compute.received.count == count)
    }

    private func events(_ fixture: AcceleratorFixture, _ action: String) async throws -> [JSON] {
        try await fixture.call(.get, "/v2/events?action=\(action)", version: "2.5").json["events"].array
    }

    private func reason(_ fixture: AcceleratorFixture, _ request: String, _ version: String = "2.5") async throws
        -> JSON
    {
        try await fixture.call(.get, "/v2/accelerator_requests/\(request)", version: version).json["reason"]
    }

    @Test func `of several events only those are sent again that were not taken`() async throws {
        let fixture = try await AcceleratorFixture()
        try await fixture.report(Reports.host([Reports.device(units: 3)]))
        try await fixture.profile("p", count: 3)
        let ids = try await fixture.requests("p")
        fixture.compute.except(ids[1], .tryAgain)
        fixture.compute.except(ids[2], .refused("it answered 400"))
        try await fixture.bind(ids, instance: one, provider: Reports.provider(1))
        await fixture.engine.runDue()
        for _ in 0..<5 {
            fixture.clock.advance(.seconds(6))
            await fixture.engine.runDue()
        }
        func count(_ id: String) -> Int { fixture.compute.received.filter { "\($0.request)" == id }.count }
        #expect(count(ids[0]) == 1 && count(ids[2]) == 1)
        #expect(count(ids[1]) > 3)
        #expect(try await reason(fixture, ids[2]) == "The compute service refused the event: it answered 400")
        #expect(try await reason(fixture, ids[1]) == .null)
        fixture.compute.except(ids[1], nil)
        fixture.clock.advance(.seconds(6))
        await fixture.engine.runDue()
        let total = fixture.compute.received.count
        fixture.clock.advance(.seconds(600))
        await fixture.engine.runDue()
        #expect(fixture.compute.received.count == total)
        #expect(try await events(fixture, "arq.event_untold").map { $0["arq_uuid"].text } == [ids[2]])
        #expect(try await fixture.openWorkflows() == [])
    }

    @Test func `an event that is never taken stands on the request and among the events, which are counted`()
        async throws
    {
        let fixture = try await AcceleratorFixture(compute: FakeCompute(.success(.tryAgain)))
        try await fixture.report(Reports.host([Reports.device()]))
        try await fixture.profile("p")
        let ids = try await fixture.requests("p")
        try await fixture.bind(ids, instance: one, provider: Reports.provider(1))
        for _ in 0..<70 {
            await fixture.engine.runDue()
            fixture.clock.advance(.seconds(6))
        }
        let text = "The compute service did not take the event in time."
        #expect(try await reason(fixture, ids[0]) == .text(text))
        // Before 2.5 a request is what it was.
        #expect(try await reason(fixture, ids[0], "2.4") == .null)
        #expect(try await events(fixture, "arq.event_untold").map { $0["detail"].text } == [text])
        #expect(try await fixture.states(ids) == ["Bound"])
        // Bound anew it has none.
        try await fixture.call(
            .patch, "/v2/accelerator_requests", AcceleratorFixture.unbinding(ids), as: .memberThroughService)
        #expect(try await reason(fixture, ids[0]) == .null)
    }

    @Test func `a bind that fails says why, on the request and in the event`() async throws {
        let fixture = try await AcceleratorFixture()
        try await fixture.report(Reports.host([Reports.device(units: 2, needsPreparation: true)]))
        try await fixture.profile("p")
        let (told, silent) = (try await fixture.requests("p"), try await fixture.requests("p"))
        try await fixture.bind(told, instance: one, provider: Reports.provider(1))
        try await fixture.finish(try await fixture.work()[0], .failed("the parent has no instance left"))
        #expect(try await fixture.states(told) == ["BindFailed"])
        #expect(try await reason(fixture, told[0]).text.hasSuffix("the parent has no instance left"))
        #expect(try await events(fixture, "arq.bind_failed")[0]["detail"].text.hasSuffix("has no instance left"))
        try await fixture.bind(silent, instance: Reports.instance(2), provider: Reports.provider(1))
        fixture.clock.advance(.seconds(61))
        await fixture.engine.runDue()
        #expect(try await fixture.states(silent) == ["BindFailed"])
        #expect(!(try await reason(fixture, silent[0]).text.isEmpty))
    }
}
