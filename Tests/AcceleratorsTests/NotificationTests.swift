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
}
