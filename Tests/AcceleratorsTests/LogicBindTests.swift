import Clients
import HTTPTypes
import Link
import Model
import TestImages
import TestJSON
import Testing
import Workflows

/// Device profiles that ask for logic: the image is found and loaded at binding, unless the claimed device holds it already.
@Suite struct LogicBindTests {
    private let images = MemoryImages([
        "accel:function_id": FPGAReports.after, "accel:function_name": "nic-40",
    ])

    private func fixture(
        function: String? = FPGAReports.before, units: Int = 1, needsCleaning: Bool = true
    ) async throws -> AcceleratorFixture {
        let fixture = try await AcceleratorFixture(images: images)
        try await fixture.report(FPGAReports.host(function: function, units: units, needsCleaning: needsCleaning))
        return fixture
    }

    private func requests(
        _ fixture: AcceleratorFixture, _ wish: [(String, String)], count: Int = 1
    ) async throws -> [String] {
        var group: [String: JSON] = ["resources:FPGA": .text("\(count)")]
        for (name, value) in wish { group[name] = .text(value) }
        let name = "p\(IDSource.random.next(DeviceProfileKind.self))"
        let made = try await fixture.call(
            .post, "/v2/device_profiles", [["name": .text(name), "groups": [.object(group)]]])
        #expect(made.status == 201, "\(made.fault)")
        return try await fixture.requests(name)
    }

    private func bind(_ fixture: AcceleratorFixture, _ ids: [String], _ number: Int = 1) async throws -> Answer {
        try await fixture.bind(ids, instance: Reports.instance(number), provider: Reports.provider(1))
    }

    /// Does what the host has to do until nothing is left.
    private func settle(
        _ fixture: AcceleratorFixture, _ record: ProgrammingRecord = ProgrammingRecord(logic: FPGAReports.after)
    ) async throws -> [DeviceWork.Kind] {
        var kinds: [DeviceWork.Kind] = []
        await fixture.engine.runDue()
        while let item = try await fixture.work().first {
            kinds.append(item.kind)
            try await fixture.finish(item, item.kind == .program ? .programmed(record) : .done)
        }
        return kinds
    }

    @Test(arguments: [
        ("accel:bitstream_id", "\(MemoryImages.id)"), ("accel:function_id", FPGAReports.after),
        ("accel:function_name", "nic-40"),
    ])
    func `the image is loaded, and then the handle is attached`(name: String, value: String) async throws {
        let fixture = try await fixture()
        let ids = try await requests(fixture, [(name, value)])
        #expect(try await bind(fixture, ids).status == 202)
        #expect(try await fixture.states(ids) == ["BindStarted"])
        #expect(fixture.compute.received.isEmpty)
        #expect(try await settle(fixture) == [.fetch, .program])
        #expect(try await fixture.states(ids) == ["Bound"])
        #expect(fixture.compute.received.map(\.isBound) == [true])
        #expect(try await fixture.show(ids[0])["attach_handle_info"]["bus"] == "1")
        #expect(try await ProgrammingTests.deployable(fixture)["bitstream_id"].text == "\(MemoryImages.id)")
        #expect(try await fixture.openWorkflows() == [])
    }

    @Test func `a device that holds it already is bound at once`() async throws {
        // It says so itself.
        var fixture = try await fixture(function: FPGAReports.after)
        var ids = try await requests(fixture, [("accel:function_id", FPGAReports.after)])
        #expect(try await bind(fixture, ids).status == 202)
        #expect(try await fixture.states(ids) == ["Bound"])
        // It does not say, and it was loaded last.
        fixture = try await self.fixture(function: nil, needsCleaning: false)
        for number in 1...2 {
            ids = try await requests(fixture, [("accel:bitstream_id", "\(MemoryImages.id)")])
            #expect(try await bind(fixture, ids, number).status == 202)
            #expect(try await settle(fixture, ProgrammingRecord()) == (number == 1 ? [.fetch, .program] : []))
            #expect(try await fixture.states(ids) == ["Bound"])
            try await fixture.call(.delete, "/v2/accelerator_requests/\(ids[0])", as: .memberThroughService)
        }
    }

    @Test func `what a cleaning loaded over it is loaded again`() async throws {
        let fixture = try await fixture(function: nil)
        for number in 1...2 {
            let ids = try await requests(fixture, [("accel:bitstream_id", "\(MemoryImages.id)")])
            #expect(try await bind(fixture, ids, number).status == 202)
            #expect(try await settle(fixture, ProgrammingRecord()) == [.fetch, .program])
            try await fixture.call(.delete, "/v2/accelerator_requests/\(ids[0])", as: .memberThroughService)
            let clean = try #require(try await fixture.work().first)
            let now = fixture.clock.source.now()
            try await fixture.finish(
                clean,
                .cleaned(
                    CleaningRecord(
                        device: [:], methods: [CleaningRecord.loaded("/srv/blank.gbs"), "reset by flr"],
                        verification: .unneeded, begun: now, ended: now)))
            #expect(try await ProgrammingTests.deployable(fixture)["bitstream_id"] == .null)
        }
    }

    @Test func `an image that does not load fails the bind, and the device is cleaned or set aside`() async throws {
        for needsCleaning in [true, false] {
            let fixture = try await fixture(function: nil, needsCleaning: needsCleaning)
            let ids = try await requests(fixture, [("accel:function_id", FPGAReports.after)])
            #expect(try await bind(fixture, ids).status == 202)
            let kinds = try await settle(fixture, ProgrammingRecord(failure: "bad header"))
            #expect(kinds == (needsCleaning ? [.fetch, .program, .clean] : [.fetch, .program]))
            #expect(try await fixture.states(ids) == ["BindFailed"])
            let request = try await fixture.call(.get, "/v2/accelerator_requests/\(ids[0])", version: "2.5").json
            #expect(request["reason"].text.contains("bad header"))
            #expect(fixture.compute.received.map(\.isBound) == [false])
            #expect(try await fixture.handleStates() == [(needsCleaning ? "available" : "error"): 1])
            #expect(try await fixture.openWorkflows() == [])
        }
    }

    @Test func `a server that is deleted meanwhile leaves nothing behind`() async throws {
        let fixture = try await fixture()
        let ids = try await requests(fixture, [("accel:function_id", FPGAReports.after)])
        #expect(try await bind(fixture, ids).status == 202)
        let path = "/v2/accelerator_requests?instance=\(Reports.instance(1))"
        #expect(try await fixture.call(.delete, path, as: .memberThroughService).status == 204)
        let kinds = try await settle(fixture)
        #expect(!kinds.contains(.program))
        #expect(try await fixture.handleStates() == ["available": 1])
        #expect(try await fixture.openWorkflows() == [])
        #expect(try await fixture.withheld() == [])
    }

    @Test func `what cannot be meant or found is refused, and nothing is bound`() async throws {
        let fixture = try await fixture(units: 2)
        let second: ImageID = IDSource.random.next()
        images.put(second, [1], ["accel:function_name": "twice"])
        images.put(IDSource.random.next(), [2], ["accel:function_name": "twice"])
        images.put(IDSource.random.next(), [3], ["accel:function_name": "foreign", "accel:vendor": "10ee"])
        for (wish, reason) in [
            ([("accel:bitstream_id", "x")], "not a UUID"),
            ([("accel:bitstream_id", "\(MemoryImages.id)"), ("accel:function_id", "f")], "only one of them"),
            ([("accel:bitstream_id", "\(second)"), ("accel:function_name", "f")], "only one of them"),
            ([("accel:function_id", "unknown")], "No image has"),
            ([("accel:function_name", "twice")], "Several images"),
            ([("accel:function_name", "foreign")], "does not fit"),
        ] {
            let ids = try await requests(fixture, wish)
            let refused = try await bind(fixture, ids)
            #expect(refused.status == 409 && refused.fault.contains(reason), "\(refused.status) \(refused.fault)")
        }
        let missing = try await requests(fixture, [("accel:bitstream_id", "\(Reports.provider(7))")])
        #expect(try await bind(fixture, missing).status == 404)
        // Somebody else has the other half of the card.
        let plain = try await requests(fixture, [])
        #expect(try await bind(fixture, plain, 5).status == 202)
        let busy = try await requests(fixture, [("accel:function_id", FPGAReports.after)])
        let refused = try await bind(fixture, busy, 6)
        #expect(refused.status == 409 && refused.fault.contains("is held"), "\(refused.fault)")
        #expect(try await fixture.handleStates() == ["available": 1, "held": 1])
        await fixture.engine.runDue()
        #expect(try await fixture.openWorkflows() == [])
    }

    @Test func `two of one card get one image`() async throws {
        let fixture = try await fixture(units: 2)
        let ids = try await requests(fixture, [("accel:function_id", FPGAReports.after)], count: 2)
        #expect(try await bind(fixture, ids).status == 202)
        #expect(try await settle(fixture) == [.fetch, .program])
        #expect(try await fixture.states(ids) == ["Bound", "Bound"])
    }

    @Test func `a driver that cannot program is not bound without its logic`() async throws {
        let fixture = try await AcceleratorFixture(images: images)
        try await fixture.report(FPGAReports.host(programs: nil))
        let ids = try await requests(fixture, [("accel:function_id", FPGAReports.after)])
        let refused = try await bind(fixture, ids)
        #expect(refused.status == 409 && refused.fault.contains("cannot program bitstreams"))
        #expect(try await fixture.handleStates() == ["available": 1])
    }
}
