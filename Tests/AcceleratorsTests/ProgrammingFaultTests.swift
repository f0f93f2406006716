import HTTPTypes
import Link
import Model
import TestImages
import TestJSON
import Testing
import Workflows

/// The database breaks off at each step of the workflows that load images, forward and back, before the commit and after it. Always
/// converges: an image is on the device or it is not, nothing of a device is given out while that is unknown.
@Suite(.serialized) struct ProgrammingFaultTests {
    private typealias World = FaultTableTests.World

    private static let kinds = ["accelerators.program: ", "accelerators.bind_programmed: "]

    private func program(_ world: World, _ fetched: WorkOutcome, _ loaded: ProgrammingRecord) async throws -> String {
        let id = try await world.call { try await world.fixture.call(.get, "/v2/deployables") }
            .json["deployables"][0]["uuid"].text
        world.stage.enter(.bind)
        let answer = try await world.call {
            try await world.fixture.call(
                .patch, "/v2/deployables/\(id)/program", ProgrammingTests.body(MemoryImages.id), version: "2.6")
        }
        // Who hears nothing and asks again is told that it is under way.
        #expect(answer.status == 202 || answer.fault.contains("is being programmed"), "\(answer.fault)")
        try await settle(world, fetched, loaded)
        let shown = try await world.call {
            try await world.fixture.call(.get, "/v2/deployables/\(id)/programmings", version: "2.6")
        }
        return shown.json["programmings"][0]["status"].text
    }

    private func settle(_ world: World, _ fetched: WorkOutcome, _ loaded: ProgrammingRecord) async throws {
        try await world.settle { kind in
            switch kind {
            case .fetch: fetched
            case .program: .programmed(loaded)
            case .prepare, .withdraw, .clean: .done
            }
        }
    }

    private func bind(_ world: World, _ number: Int, _ loaded: ProgrammingRecord) async throws {
        let fixture = world.fixture
        let made = try await world.call {
            try await fixture.call(.post, "/v2/accelerator_requests", ["device_profile_name": "logic"], as: .member)
        }
        let ids = made.json["arqs"].array.map { $0["uuid"].text }
        world.stage.enter(.bind)
        let instance = Reports.instance(number)
        let bound = try await world.call {
            try await fixture.bind(ids, instance: instance, provider: Reports.provider(1))
        }
        #expect(bound.status == 202 || bound.fault.contains("already has"), "\(bound.fault)")
        try await settle(world, .done, loaded)
        for id in ids {
            let request = try await world.call { try await fixture.call(.get, "/v2/accelerator_requests/\(id)") }
            #expect(request.json["state"] == (loaded.failure == nil ? "Bound" : "BindFailed"))
        }
        world.stage.enter(.delete)
        let deleted = try await world.call {
            try await fixture.call(
                .delete, "/v2/accelerator_requests?instance=\(instance)", as: .memberThroughService)
        }
        #expect(deleted.status == 204, "\(deleted.fault)")
        try await settle(world, .done, loaded)
    }

    private func live(_ world: World) async throws {
        let fixture = world.fixture
        try await world.insist { try await fixture.report(FPGAReports.host()) }
        let made = try await world.call {
            try await fixture.call(
                .post, "/v2/device_profiles",
                [["name": "logic", "groups": [["resources:FPGA": "1", "accel:function_name": "nic-40"]]]])
        }
        #expect(made.status == 201 || made.status == 409, "\(made.fault)")
        let good = ProgrammingRecord(logic: FPGAReports.after)
        let bad = ProgrammingRecord(failure: "told to")
        #expect(try await program(world, .failed("no room"), good) == "failed")
        #expect(try await fixture.handleStates() == ["available": 1])
        #expect(try await program(world, .done, bad) == "failed")
        #expect(try await fixture.handleStates() == ["error": 1])
        let handles = try await world.call { try await fixture.call(.get, "/v2/attach_handles", version: "2.4") }
        let path = "/v2/attach_handles/\(handles.json["attach_handles"][0]["uuid"].text)/retry"
        let tried = try await world.call { try await fixture.call(.post, path, version: "2.4") }
        #expect(tried.status == 202 || tried.status == 409, "\(tried.fault)")
        try await settle(world, .done, good)
        #expect(try await program(world, .done, good) == "done")
        try await bind(world, 1, bad)
        try await bind(world, 2, good)
        #expect(try await fixture.handleStates() == ["available": 1])
        #expect(try await fixture.withheld() == [])
        #expect(try await fixture.openWorkflows() == [])
    }

    private func world(commits: Bool) async throws -> World {
        let stage = Stage()
        let images = MemoryImages(["accel:function_id": FPGAReports.after, "accel:function_name": "nic-40"])
        let fixture = try await AcceleratorFixture(
            images: images, through: { FlakyStore($0, commits: commits, stage: stage) })
        return World(fixture: fixture, stage: stage)
    }

    @Test func `every step of every workflow is run, and cut`() async throws {
        let steps = try await world(commits: false).fixture.engine.known.flatMap(\.labels).filter { label in
            Self.kinds.contains { label.hasPrefix($0) }
        }
        #expect(steps.count == 11, "\(steps)")
        for step in steps {
            for commits in [false, true] {
                let world = try await world(commits: commits)
                (world.fixture.serving as? FlakyStore)?.arm(in: step)
                try await live(world)
                #expect(world.stage.cutAt == step, "\(step) \(commits)")
            }
        }
    }
}
