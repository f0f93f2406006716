import API
import Accelerators
import Fleet
import HTTPTypes
import Link
import Model
import Store
import StoreSQLite
import TestJSON
import Testing

@Suite struct FleetTests {
    func names(_ fixture: AcceleratorFixture) async throws -> [String] {
        try await fixture.call(.get, "/v2/deployables").json["deployables"].array.map { $0["name"].text }
    }

    @Test func `a report is taken once; the same again changes nothing`() async throws {
        let fixture = try await AcceleratorFixture()
        try await fixture.report(Reports.host([Reports.device(units: 16)]))
        let before = try await fixture.call(.get, "/v2/deployables").json
        fixture.clock.advance(.seconds(60))
        try await fixture.report(Reports.host(2, [Reports.device(units: 16)]))
        #expect(try await fixture.call(.get, "/v2/deployables").json == before)
        #expect(try await fixture.call(.get, "/v2/devices").json["devices"][0]["updated_at"] == .null)
        // One that came late says nothing any more.
        try await fixture.report(Reports.host(1, []))
        #expect(try await fixture.call(.get, "/v2/deployables").json == before)
    }

    @Test func `what differs is changed under the same ids`() async throws {
        let fixture = try await AcceleratorFixture()
        try await fixture.report(Reports.host([Reports.device(units: 4)]))
        let before = try await fixture.call(.get, "/v2/deployables").json["deployables"][0]
        let attributes = try await fixture.call(.get, "/v2/attributes?key=rc").json["attributes"][0]
        fixture.clock.advance(.seconds(60))
        var device = Reports.device(units: 6, resourceClass: "PGPU")
        device.model = "better"
        try await fixture.report(Reports.host(2, [device]))
        let after = try await fixture.call(.get, "/v2/deployables").json["deployables"][0]
        #expect(after["uuid"] == before["uuid"])
        #expect(after["num_accelerators"] == 6)
        #expect(after["updated_at"] != .null)
        let changed = try await fixture.call(.get, "/v2/attributes?key=rc").json["attributes"][0]
        #expect(changed["uuid"] == attributes["uuid"])
        #expect(changed["value"] == "PGPU")
        #expect(try await fixture.handleStates() == ["available": 6])
        #expect(try await fixture.call(.get, "/v2/devices").json["devices"][0]["model"] == "better")
    }

    @Test func `what vanishes is gone, other hosts stay`() async throws {
        let fixture = try await AcceleratorFixture()
        try await fixture.report(Reports.host([Reports.device(1), Reports.device(2)]))
        try await fixture.report(Reports.host([Reports.device(3)]), from: "host-b")
        try await fixture.report(Reports.host(2, [Reports.device(2)]))
        #expect(try await names(fixture) == ["card-2", "card-3"])
        #expect(try await fixture.call(.get, "/v2/attributes?key=rc").json["attributes"].array.count == 2)
    }

    /// W15: upstream cannot remove it, and the whole host's report fails from then on.
    @Test func `W15 a device that vanishes while held is missing, and the rest of the report counts`() async throws {
        let fixture = try await AcceleratorFixture()
        try await fixture.report(Reports.host([Reports.device(1, units: 2), Reports.device(2)]))
        try await fixture.profile("p")
        let ids = try await fixture.requests("p")
        try await fixture.bind(ids, instance: Reports.instance(1), provider: Reports.provider(1))
        try await fixture.report(Reports.host(2, [Reports.device(2), Reports.device(3)]))
        #expect(try await names(fixture) == ["card-1", "card-2", "card-3"])
        #expect(try await fixture.withheld() == [Reports.provider(1)])
        #expect(try await fixture.show(ids[0])["state"] == "Bound")
        // Nobody gets the rest of it.
        let others = try await fixture.requests("p")
        #expect(
            try await fixture.bind(others, instance: Reports.instance(2), provider: Reports.provider(1)).status == 404)
        // It comes back…
        try await fixture.report(Reports.host(3, [Reports.device(1, units: 2), Reports.device(2)]))
        #expect(try await fixture.withheld() == [])
        #expect(
            try await fixture.bind(others, instance: Reports.instance(2), provider: Reports.provider(1)).status == 202)
        // … goes again, and is forgotten when the last holder lets go.
        try await fixture.report(Reports.host(4, [Reports.device(2)]))
        for instance in [Reports.instance(1), Reports.instance(2)] {
            #expect(
                try await fixture.call(
                    .delete, "/v2/accelerator_requests?instance=\(instance)", as: .memberThroughService
                ).status == 204)
        }
        #expect(try await names(fixture) == ["card-2"])
        #expect(try await fixture.call(.get, "/v2/devices").json["devices"].array.count == 1)
    }

    /// W16: upstream's failing driver starves all others of the host.
    @Test func `W16 a failing driver's devices stay as they were`() async throws {
        let fixture = try await AcceleratorFixture()
        try await fixture.report(
            Reports.host([Reports.device(1), Reports.device(2, driver: "pci")]))
        try await fixture.report(Reports.host(2, [Reports.device(3)], failing: ["pci"]))
        #expect(try await names(fixture) == ["card-2", "card-3"])
        try await fixture.report(Reports.host(3, [Reports.device(3)]))
        #expect(try await names(fixture) == ["card-3"])
    }

    /// W17, W18: upstream finds deployables by name in the whole cloud and mixes up hosts.
    @Test func `W17 W18 a provider of another device is not taken over, and the rest of the report counts`()
        async throws
    {
        let fixture = try await AcceleratorFixture()
        try await fixture.report(Reports.host([Reports.device(1)]))
        try await fixture.report(Reports.host([Reports.device(1), Reports.device(2)]), from: "host-b")
        #expect(try await names(fixture) == ["card-1", "card-2"])
        let devices = try await fixture.call(.get, "/v2/devices?hostname=host-b").json["devices"].array
        #expect(devices.count == 2)
        let first = try await fixture.call(.get, "/v2/deployables").json["deployables"][0]
        let owner = try await fixture.call(
            .get, "/v2/devices?filters.field=id&filters.value=\(first["device_id"].integer ?? 0)")
        #expect(owner.json["devices"][0]["hostname"] == "host-a")
    }

    /// W9: upstream's lookup ignores the content and changes another handle of the deployable.
    @Test func `W9 the handle that vanished is the one that goes`() async throws {
        let fixture = try await AcceleratorFixture()
        try await fixture.report(Reports.host([Reports.device(units: 3)]))
        var device = Reports.device(units: 3)
        let gone = device.deployables[0].handles.remove(at: 1)
        device.deployables[0].accelerators = 2
        try await fixture.report(Reports.host(2, [device]))
        let left = try await fixture.store.read { transaction in
            try transaction.all("SELECT info FROM attach_handles ORDER BY position") { row in try row[0] as String }
        }
        #expect(left.count == 2)
        #expect(!left.contains { $0.contains("\"function\":\"\(gone.info["function"] ?? "")\"") })
    }

    /// W32: upstream sends and compares everything with queries per device; here an unchanged report writes one row.
    @Test func `W32 an unchanged report writes nothing about devices`() async throws {
        let fixture = try await AcceleratorFixture()
        let devices = (1...20).map { Reports.device($0, units: 4) }
        try await fixture.report(Reports.host(devices))
        let marks = try await fixture.store.read { transaction in
            try transaction.first("SELECT COUNT(*) FROM change_log") { row in try row[0] as Int } ?? 0
        }
        try await fixture.report(Reports.host(2, devices))
        let after = try await fixture.store.read { transaction in
            try transaction.first("SELECT COUNT(*) FROM change_log") { row in try row[0] as Int } ?? 0
        }
        #expect(marks == 20)
        #expect(after == marks)
        let touches = try await fixture.store.read { transaction in
            try transaction.first("SELECT COUNT(*) FROM test_touches") { row in try row[0] as Int } ?? 0
        }
        #expect(touches == 0)
    }

    @Test func `gauges say how many devices and handles are in which state`() async throws {
        let registry = MetricsRegistry()
        let fixture = try await AcceleratorFixture(metrics: registry)
        func gauge(_ name: String, _ state: String) async throws -> Int? {
            try await fixture.service.measure()
            let start = "kilonova_accelerator_\(name){state=\"\(state)\"} "
            let line = registry.text().split(separator: "\n").first { $0.hasPrefix(start) }
            return line.flatMap { Double($0.dropFirst(start.count)) }.map { Int($0) }
        }
        #expect(try await gauge("devices", "available") == 0)
        let cards = (1...4).map { Reports.device($0, units: 2, needsPreparation: true, needsCleaning: true) }
        try await fixture.heartbeat("host-a", .up)
        try await fixture.report(Reports.host(1, cards))
        #expect(try await gauge("devices", "available") == 4)
        #expect(try await gauge("attach_handles", "available") == 8)
        #expect(try await gauge("hosts", "up") == 1)
        try await fixture.profile("p")
        for number in 1...2 {
            let ids = try await fixture.requests("p")
            try await fixture.bind(ids, instance: Reports.instance(number), provider: Reports.provider(number))
            try await fixture.finish(try #require(try await fixture.work().first))
        }
        #expect(try await gauge("devices", "allocated") == 2)
        #expect(try await gauge("devices", "available") == 2)
        #expect(try await gauge("attach_handles", "held") == 2)
        try await fixture.call(
            .delete, "/v2/accelerator_requests?instance=\(Reports.instance(1))", as: .memberThroughService)
        #expect(try await gauge("devices", "pending_cleaning") == 1)
        try await fixture.finish(try #require(try await fixture.work().first))
        #expect(try await gauge("devices", "cleaning") == 1)
        try await fixture.heartbeat("host-a", .down)
        #expect(try await gauge("devices", "pending_cleaning") == 1)
        try await fixture.finish(try #require(try await fixture.work().first), .failed("bad"))
        #expect(try await gauge("devices", "error") == 1)
        try await fixture.report(Reports.host(2, [cards[0], cards[2], cards[3]]))
        #expect(try await gauge("devices", "missing") == 1)
        #expect(try await gauge("devices", "allocated") == 0)
        // What is shown of each device adds up to the same.
        let devices = try await fixture.call(.get, "/v2/devices", version: "2.4").json["devices"].array
        for state in ["available", "error", "missing"] {
            #expect(try await gauge("devices", state) == devices.count { $0["state"].text == state })
        }
        #expect(try await gauge("hosts", "down") == 1)
    }
}
