import Accelerators
import Clients
import HTTPTypes
import Link
import Model
import StoreSQLite
import TestJSON
import Testing
import Workflows

@Suite struct BindingTests {
    let one = Reports.instance(1)

    func prepared(
        units: Int = 2, cleaning: Bool = false, waiting patience: Duration = .zero
    ) async throws -> (AcceleratorFixture, [String]) {
        let fixture = try await AcceleratorFixture(patience: patience)
        try await fixture.report(
            Reports.host([Reports.device(units: units, needsPreparation: true, needsCleaning: cleaning)]))
        try await fixture.profile("p", count: units)
        return (fixture, try await fixture.requests("p"))
    }

    @Test func `the host prepares, then all requests are bound together and the compute service hears of it`()
        async throws
    {
        let (fixture, ids) = try await prepared()
        #expect(try await fixture.bind(ids, instance: one, provider: Reports.provider(1)).status == 202)
        #expect(try await fixture.states(ids) == ["BindStarted", "BindStarted"])
        #expect(try await fixture.show(ids[0])["attach_handle_type"] == "")
        let work = try await fixture.work()
        #expect(work.map(\.kind) == [.prepare, .prepare])
        #expect(work[0].driver == "fake")
        #expect(work.compactMap { $0.request?.description } == ids)
        try await fixture.finish(work[0])
        #expect(try await fixture.states(ids) == ["BindStarted", "BindStarted"])
        #expect(fixture.compute.received.isEmpty)
        try await fixture.finish(work[1])
        #expect(try await fixture.states(ids) == ["Bound", "Bound"])
        #expect(fixture.compute.received.map(\.request.description) == ids)
        #expect(fixture.compute.received.allSatisfy { $0.isBound && $0.instance == one })
    }

    /// Nova's unshelve gives an instance its host after the binding, so that no event reaches it.
    @Test func `the answer to a bind waits for the host, for as long as it is told to`() async throws {
        let (fixture, ids) = try await prepared(waiting: .seconds(60))
        async let answer = fixture.bind(ids, instance: one, provider: Reports.provider(1))
        var work: [DeviceWork] = []
        while work.count < 2 {
            await Task.yield()
            work = try await fixture.work()
        }
        for item in work { try await fixture.finish(item) }
        #expect(try await answer.status == 202)
        #expect(try await fixture.states(ids) == ["Bound", "Bound"])

        let (hasty, others) = try await prepared(waiting: .milliseconds(20))
        #expect(try await hasty.bind(others, instance: one, provider: Reports.provider(1)).status == 202)
        #expect(try await hasty.states(others) == ["BindStarted", "BindStarted"])
    }

    @Test func `one that cannot be prepared fails all, and what was prepared is undone`() async throws {
        let (fixture, ids) = try await prepared()
        try await fixture.bind(ids, instance: one, provider: Reports.provider(1))
        let work = try await fixture.work()
        try await fixture.finish(work[0])
        try await fixture.finish(work[1], .failed("no space"))
        #expect(try await fixture.states(ids) == ["BindFailed", "BindFailed"])
        #expect(fixture.compute.received.map(\.isBound) == [false, false])
        #expect(try await fixture.handleStates() == ["withdrawing": 2])
        for item in try await fixture.work() {
            #expect(item.kind == .withdraw)
            try await fixture.finish(item)
        }
        #expect(try await fixture.handleStates() == ["available": 2])
        // The instance's requests are still found by it, so that the compute service sees what became of them.
        let found = try await fixture.call(.get, "/v2/accelerator_requests?instance=\(one)&bind_state=resolved")
        #expect(found.json["arqs"].array.count == 2)
    }

    /// W27: upstream raises instead of sending `failed`. W11: it leaves requests in BindStarted for ever.
    @Test func `W11 W27 past the deadline everything fails and is told`() async throws {
        let (fixture, ids) = try await prepared()
        try await fixture.bind(ids, instance: one, provider: Reports.provider(1))
        try await fixture.finish(try await fixture.work()[0])
        fixture.clock.advance(.seconds(61))
        await fixture.engine.runDue()
        #expect(try await fixture.states(ids) == ["BindFailed", "BindFailed"])
        #expect(fixture.compute.received.map(\.isBound) == [false, false])
        // The late outcome of dropped work changes nothing: the withdrawal is awaited.
        #expect(try await fixture.work().map(\.kind) == [.withdraw, .withdraw])
        #expect(try await fixture.handleStates() == ["withdrawing": 2])
    }

    @Test func `work that was dropped and ends all the same changes nothing`() async throws {
        let (fixture, ids) = try await prepared(units: 1)
        try await fixture.bind(ids, instance: one, provider: Reports.provider(1))
        let item = try await fixture.work()[0]
        try await fixture.call(
            .patch, "/v2/accelerator_requests", AcceleratorFixture.unbinding(ids), as: .memberThroughService)
        #expect(try await fixture.work().map(\.kind) == [.withdraw])
        try await fixture.finish(item)
        #expect(try await fixture.states(ids) == ["Unbound"])
        #expect(try await fixture.handleStates() == ["withdrawing": 1])
        await fixture.engine.runDue()
        #expect(fixture.compute.received.isEmpty)
    }

    /// W25: upstream needs the dead host to answer, and the evacuation fails.
    @Test func `W25 a host that is gone holds up no delete`() async throws {
        let (fixture, ids) = try await prepared(units: 1, cleaning: true)
        try await fixture.bind(ids, instance: one, provider: Reports.provider(1))
        try await fixture.finish(try await fixture.work()[0])
        let answer = try await fixture.call(
            .delete, "/v2/accelerator_requests?instance=\(one)", as: .memberThroughService)
        #expect(answer.status == 204)
        #expect(try await fixture.call(.get, "/v2/accelerator_requests/\(ids[0])").status == 404)
        // Nobody gets the handle before its host came back, undid and cleaned; its capacity is withheld till then.
        #expect(try await fixture.withheld() == [Reports.provider(1)])
        try await fixture.finish(try await fixture.work()[0])
        #expect(try await fixture.work().map(\.kind) == [.clean])
        #expect(try await fixture.withheld() == [Reports.provider(1)])
        try await fixture.finish(try await fixture.work()[0])
        #expect(try await fixture.withheld() == [])
        #expect(try await fixture.handleStates() == ["available": 1])
    }

    /// W11: upstream leaves the first requests of the PATCH bound, the failing one in BindStarted.
    @Test func `W11 a PATCH that cannot be done whole is not done at all`() async throws {
        let fixture = try await AcceleratorFixture()
        try await fixture.report(Reports.host([Reports.device(1, units: 2), Reports.device(2)]))
        try await fixture.profile("p", count: 3)
        let ids = try await fixture.requests("p")
        let exhausted = try await fixture.bind(ids, instance: one, provider: Reports.provider(1))
        #expect(exhausted.status == 404)
        #expect(exhausted.fault.contains("Nothing was bound"))
        let unknown = try await fixture.bind(ids, instance: one, provider: Reports.provider(9))
        #expect(unknown.status == 404)
        #expect(try await fixture.states(ids) == ["Initial", "Initial", "Initial"])
        #expect(try await fixture.show(ids[0])["instance_uuid"] == .null)
        #expect(try await fixture.handleStates() == ["available": 3])
        // Nothing stands in the way of another try elsewhere.
        guard case .object(var body) = AcceleratorFixture.binding(ids, instance: one, provider: Reports.provider(1)),
            case .object(let other) = AcceleratorFixture.binding(
                [ids[2]], instance: one, provider: Reports.provider(2))
        else { return }
        body[ids[2]] = other[ids[2]]
        let both = try await fixture.call(
            .patch, "/v2/accelerator_requests", .object(body), as: .memberThroughService)
        #expect(both.status == 202)
        #expect(try await fixture.states(ids) == ["Bound", "Bound", "Bound"])
    }

    /// W3: upstream moves the request to the project of whoever binds it, and its owner's delete finds nothing.
    @Test func `W3 an administrator's bind leaves the owner's project`() async throws {
        let fixture = try await AcceleratorFixture()
        try await fixture.report(Reports.host([Reports.device()]))
        try await fixture.profile("p")
        let ids = try await fixture.requests("p")
        #expect(
            try await fixture.bind(ids, instance: one, provider: Reports.provider(1), as: .adminThroughService).status
                == 202)
        #expect(try await fixture.show(ids[0], as: .member)["project_id"] == "blue")
        try await fixture.call(.delete, "/v2/accelerator_requests?instance=\(one)", as: .memberThroughService)
        #expect(try await fixture.handleStates() == ["available": 1])
    }

    /// W3: an evacuation by an administrator makes and binds new requests with the administrator's token.
    @Test func `W3 what an administrator makes for a tenant's instance is the tenant's`() async throws {
        let fixture = try await AcceleratorFixture()
        try await fixture.report(Reports.host([Reports.device()]))
        try await fixture.profile("p")
        try await fixture.bind(try await fixture.requests("p"), instance: one, provider: Reports.provider(1))
        try await fixture.call(.delete, "/v2/accelerator_requests?instance=\(one)", as: .adminThroughService)
        #expect(try await fixture.handleStates() == ["available": 1])

        let made = try await fixture.call(
            .post, "/v2/accelerator_requests", ["device_profile_name": "p"], as: .adminThroughService)
        let id = made.json["arqs"].array[0]["uuid"].text
        #expect(made.json["arqs"].array[0]["project_id"] != "blue")
        #expect(
            try await fixture.bind([id], instance: one, provider: Reports.provider(1), as: .adminThroughService).status
                == 202)
        #expect(try await fixture.show(id, as: .member)["project_id"] == "blue")
        try await fixture.call(.delete, "/v2/accelerator_requests?instance=\(one)", as: .memberThroughService)
        #expect(try await fixture.handleStates() == ["available": 1])

        // Forgotten when events are, but not while the instance has requests.
        let others = try await fixture.requests("p")
        try await fixture.bind(others, instance: one, provider: Reports.provider(1))
        fixture.clock.advance(.seconds(91 * 86_400))
        try await fixture.service.forgetOldEvents()
        #expect(try await fixture.owners() == 1)
        try await fixture.call(.delete, "/v2/accelerator_requests?instance=\(one)", as: .memberThroughService)
        fixture.clock.advance(.seconds(91 * 86_400))
        try await fixture.service.forgetOldEvents()
        #expect(try await fixture.owners() == 0)
    }

    @Test func `not even one that asks for it`() async throws {
        let fixture = try await AcceleratorFixture()
        try await fixture.report(Reports.host([Reports.device()]))
        try await fixture.profile("p")
        let ids = try await fixture.requests("p")
        let moved = try await fixture.bind(
            ids, instance: one, provider: Reports.provider(1), as: .adminThroughService, version: "2.1",
            project: "red")
        #expect(moved.status == 400)
        #expect(try await fixture.show(ids[0])["project_id"] == "blue")
    }

    /// W29: upstream's check of all ids first leaves those that exist.
    @Test func `W29 a delete removes what is there before it says 404`() async throws {
        let fixture = try await AcceleratorFixture()
        try await fixture.profile("p", count: 2)
        let ids = try await fixture.requests("p")
        let answer = try await fixture.call(
            .delete, "/v2/accelerator_requests?arqs=\(ids[0]),\(Reports.provider(8)),\(ids[1])", as: .member)
        #expect(answer.status == 404)
        #expect(answer.fault.contains("\(Reports.provider(8))"))
        #expect(try await fixture.call(.get, "/v2/accelerator_requests").json["arqs"] == [])
    }

    /// W39: upstream's column holds 255 characters.
    @Test func `W39 a handle's content may be long`() async throws {
        let fixture = try await AcceleratorFixture()
        var device = Reports.device()
        let long = String(repeating: "x", count: 5000)
        device.deployables[0].handles[0].info["label"] = long
        try await fixture.report(Reports.host([device]))
        try await fixture.profile("p")
        let ids = try await fixture.requests("p")
        try await fixture.bind(ids, instance: one, provider: Reports.provider(1))
        #expect(try await fixture.show(ids[0])["attach_handle_info"]["label"].text == long)
    }

    @Test func `a profile that asks for a bitstream is not bound without it`() async throws {
        let fixture = try await AcceleratorFixture()
        try await fixture.report(Reports.host([Reports.device()]))
        _ = try await fixture.call(
            .post, "/v2/device_profiles",
            [["name": "p", "groups": [["resources:FPGA": "1", "accel:bitstream_id": "x"]]]])
        let ids = try await fixture.requests("p")
        let answer = try await fixture.bind(ids, instance: one, provider: Reports.provider(1))
        #expect(answer.status == 409)
        #expect(answer.fault.contains("bitstream"))
        #expect(try await fixture.handleStates() == ["available": 1])
    }
}
