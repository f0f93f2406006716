import API
import Accelerators
import Conventions
import Fleet
import HTTPTypes
import Link
import Model
import Store
import TestJSON
import Testing

/// Version 2.4: pages, hosts, drivers, attach handles, limits, and bindings as resources.
@Suite struct OperatorTests {
    func get(_ fixture: AcceleratorFixture, _ path: String, as persona: Persona = .admin) async throws -> Answer {
        try await fixture.call(.get, path, as: persona, version: "2.4")
    }

    @Test func `before 2_4 none of it is there`() async throws {
        let fixture = try await AcceleratorFixture()
        try await fixture.report(Reports.host([Reports.device()]))
        for path in ["/v2/hosts", "/v2/drivers", "/v2/attach_handles", "/v2/limits"] {
            #expect(try await fixture.call(.get, path, version: "2.3").status == 404)
            #expect(try await fixture.call(.get, path, version: "2.4").status == 200)
        }
        let old = try await fixture.call(.get, "/v2/devices", version: "2.3")
        #expect(old.json.keys == ["devices"])
        #expect(old.json["devices"][0].keys.isDisjoint(with: ["state", "driver", "facts", "deployables"]))
        #expect(try await fixture.call(.get, "/v2/devices?limit=1", version: "2.3").status == 400)
        let deployable = try await fixture.call(.get, "/v2/deployables", version: "2.3").json["deployables"][0]
        #expect(deployable.keys.isDisjoint(with: ["status", "device_uuid", "resource_class"]))
    }

    /// W33: no paging anywhere.
    @Test func `W33 every list pages, and the pages make the whole`() async throws {
        let fixture = try await AcceleratorFixture()
        for host in 1...5 {
            try await fixture.report(Reports.host([Reports.device(host)]), from: HostName("host-\(host)"))
            try await fixture.profile("p\(host)")
            _ = try await fixture.requests("p\(host)")
        }
        // Hosts of which only the one or the other is known.
        for host in ["host-0", "host-2b"] { try await fixture.heartbeat(HostName(host), .up) }
        let lists = [
            ("devices", "devices"), ("deployables", "deployables"), ("attributes", "attributes"),
            ("device_profiles", "device_profiles"), ("accelerator_requests", "arqs"),
            ("attach_handles", "attach_handles"), ("hosts", "hosts"),
        ]
        for (collection, key) in lists {
            let id = collection == "hosts" ? "host" : "uuid"
            let whole = try await get(fixture, "/v2/\(collection)").json
            let all = whole[key].array.map { $0[id].text }
            #expect(all.count == ["attributes": 10, "hosts": 7][collection] ?? 5)
            #expect(whole["\(key)_links"] == .null)
            var collected: [String] = []
            var next: String? = "/v2/\(collection)?limit=2"
            while let path = next {
                let page = try await get(fixture, path)
                #expect(page.status == 200, "\(page.fault)")
                let ids = page.json[key].array.map { $0[id].text }
                #expect((1...2).contains(ids.count))
                collected += ids
                let link = page.json["\(key)_links"][0]
                #expect(link == .null || link["rel"] == "next")
                next = link["href"].text.split(separator: "/accelerator", maxSplits: 1).last.map(String.init)
                if collected.count > 20 { break }
            }
            #expect(collected == all, "\(collection)")
            for bad in ["limit=0", "limit=1001", "limit=x", "marker=nobody", "limit=-1", "limit=1&limit=2"] {
                let answer = try await get(fixture, "/v2/\(collection)?\(bad)")
                #expect(answer.status == 400, "\(collection) \(bad)")
                #expect(answer.fault.contains(bad.prefix { $0 != "=" }))
            }
        }
        let filtered = try await get(fixture, "/v2/devices?filters.field=sort_dir&filters.value=desc&limit=2")
        #expect(filtered.status == 400)
    }

    @Test func `a page of requests holds only the caller's own, and no other's id is a marker`() async throws {
        let fixture = try await AcceleratorFixture()
        try await fixture.profile("p", count: 3)
        let red = try await fixture.requests("p", as: .otherMember)
        let blue = try await fixture.requests("p")
        let page = try await get(fixture, "/v2/accelerator_requests?limit=2", as: .member).json
        #expect(page["arqs"].array.map { $0["uuid"].text } == Array(blue.prefix(2)))
        let stolen = try await get(fixture, "/v2/accelerator_requests?marker=\(red[0])", as: .member)
        #expect(stolen.status == 400)
    }

    /// W35: upstream has no list of hosts and does not notice when one is gone.
    @Test func `W35 hosts show whether their agents live, and how their drivers are`() async throws {
        let fixture = try await AcceleratorFixture()
        try await fixture.report(Reports.host([Reports.device()], failing: ["sick"]))
        try await fixture.heartbeat("host-a", .up)
        try await fixture.heartbeat("host-b", .down)
        let hosts = try await get(fixture, "/v2/hosts").json["hosts"].array
        #expect(hosts.map { $0["host"].text } == ["host-a", "host-b"])
        #expect(hosts.map { $0["state"].text } == ["up", "down"])
        #expect(hosts[0]["devices"] == 1)
        #expect(hosts[0]["agent_version"] == "1.0")
        #expect(!hosts[0]["last_seen_at"].text.isEmpty)
        #expect(hosts[1]["drivers"].array.isEmpty)
        let sick = hosts[0]["drivers"].array.first { $0["name"] == "sick" }
        #expect(sick?["failure"] == "it fell over")
        #expect(try await get(fixture, "/v2/hosts/host-a").json == hosts[0])
        #expect(try await get(fixture, "/v2/hosts/none").status == 404)
        let drivers = try await get(fixture, "/v2/drivers").json["drivers"].array
        #expect(drivers.map { $0["name"].text } == ["fake", "sick"])
        #expect(drivers[0]["support_level"] == "supported")
        #expect(drivers[1]["failures"][0]["host"] == "host-a")
    }

    @Test func `a disabled host and a disabled deployable are withheld until they are enabled`() async throws {
        let fixture = try await AcceleratorFixture()
        try await fixture.report(Reports.host([Reports.device(1), Reports.device(2)]))
        let both = [Reports.provider(1), Reports.provider(2)]
        func post(_ path: String, _ body: JSON? = nil) async throws -> Int {
            try await fixture.call(.post, path, body, version: "2.4").status
        }
        #expect(try await post("/v2/hosts/host-a/disable") == 400)
        #expect(try await post("/v2/hosts/host-a/disable", ["reason": ""]) == 400)
        #expect(try await post("/v2/hosts/none/disable", ["reason": "r"]) == 404)
        #expect(try await post("/v2/hosts/host-a/disable", ["reason": "new firmware"]) == 204)
        #expect(try await fixture.withheld() == both)
        let shown = try await get(fixture, "/v2/hosts/host-a").json
        #expect(shown["status"] == "disabled")
        #expect(shown["disabled_reason"] == "new firmware")
        // A report does not undo it.
        try await fixture.report(Reports.host(2, [Reports.device(1, units: 3), Reports.device(2)]))
        #expect(try await fixture.withheld() == both)
        #expect(try await post("/v2/hosts/host-a/enable") == 204)
        #expect(try await fixture.withheld() == [])
        let deployables = try await get(fixture, "/v2/deployables").json["deployables"].array
        let id = deployables[1]["uuid"].text
        #expect(try await post("/v2/deployables/\(id)/disable") == 204)
        #expect(try await post("/v2/deployables/\(id)/disable") == 204)
        #expect(try await fixture.withheld() == [both[1]])
        #expect(try await get(fixture, "/v2/deployables/\(id)").json["status"] == "maintaining")
        #expect(try await post("/v2/deployables/\(id)/enable") == 204)
        #expect(try await fixture.withheld() == [])
        #expect(try await post("/v2/deployables/\(PolicyMatrixTests.none)/enable") == 404)
    }

    /// W21: upstream's device state never leaves `available`.
    @Test func `W21 W6 a quarantined handle shows why, and an operator decides`() async throws {
        for verb in ["retry", "release"] {
            let fixture = try await AcceleratorFixture()
            try await fixture.report(Reports.host([Reports.device(needsCleaning: true)]))
            try await fixture.profile("p")
            let ids = try await fixture.requests("p")
            func state() async throws -> JSON {
                try await get(fixture, "/v2/devices").json["devices"][0]["state"]
            }
            #expect(try await state() == "available")
            try await fixture.bind(ids, instance: Reports.instance(1), provider: Reports.provider(1))
            #expect(try await state() == "allocated")
            let held = try await get(fixture, "/v2/attach_handles?state=held").json["attach_handles"][0]
            #expect(held["arq_uuid"].text == ids[0])
            #expect(held["instance_uuid"].text == "\(Reports.instance(1))")
            let path = "/v2/attach_handles/\(held["uuid"].text)"
            let early = try await fixture.call(.post, "\(path)/\(verb)", version: "2.4")
            #expect(early.status == 409)
            #expect(early.fault.contains("held"))
            try await fixture.call(.delete, "/v2/accelerator_requests/\(ids[0])", as: .memberThroughService)
            #expect(try await state() == "cleaning")
            try await fixture.finish(try await fixture.work()[0], .failed("bad blocks"))
            #expect(try await state() == "error")
            #expect(try await get(fixture, path).json["reason"] == "bad blocks")
            #expect(try await fixture.withheld() == [Reports.provider(1)])
            let done = try await fixture.call(.post, "\(path)/\(verb)", version: "2.4")
            if verb == "retry" {
                #expect(done.status == 202)
                #expect(try await state() == "cleaning")
                try await fixture.finish(try await fixture.work()[0])
            } else {
                #expect(done.status == 204)
            }
            #expect(try await state() == "available")
            #expect(try await get(fixture, path).json["reason"] == .null)
            #expect(try await fixture.withheld() == [])
        }
    }

    @Test func `a device shows its parts`() async throws {
        let fixture = try await AcceleratorFixture()
        try await fixture.report(Reports.host([Reports.device()]))
        let listed = try await get(fixture, "/v2/devices").json["devices"][0]
        let shown = try await get(fixture, "/v2/devices/\(listed["uuid"].text)").json
        #expect(shown["driver"] == "fake")
        #expect(shown["state"] == "available")
        let part = shown["deployables"][0]
        #expect(part["device_uuid"] == listed["uuid"])
        #expect(part["resource_class"] == "FPGA")
        #expect(part["attributes_list"].text.contains("CUSTOM_FAKE_DEVICE"))
    }

    @Test func `W38 a project sees its limits and usage`() async throws {
        let limits = FakeLimits(["blue": [.init("accelerator_requests", limit: 10), .init("class:FPGA", limit: 2)]])
        let fixture = try await AcceleratorFixture(limits: limits)
        try await fixture.report(Reports.host([Reports.device(units: 2)]))
        try await fixture.report(Reports.host([Reports.device(2, resourceClass: "PGPU")]), from: "host-b")
        try await fixture.profile("p", count: 2)
        let ids = try await fixture.requests("p")
        try await fixture.bind(Array(ids.prefix(1)), instance: Reports.instance(1), provider: Reports.provider(1))
        let own = try await get(fixture, "/v2/limits", as: .reader).json
        #expect(own["project_id"] == "blue")
        #expect(
            own["limits"] == [
                ["resource": "accelerator_requests", "limit": 10, "usage": 2],
                ["resource": "class:FPGA", "limit": 2, "usage": 1],
                ["resource": "class:PGPU", "limit": -1, "usage": 0],
            ])
        #expect(try await get(fixture, "/v2/limits?project_id=blue").json == own)
        #expect(try await get(fixture, "/v2/limits?project_id=red", as: .member).status == 403)
        limits.set(nil)
        #expect(try await get(fixture, "/v2/limits", as: .reader).status == 503)
    }

    @Test func `a binding is put and deleted`() async throws {
        let fixture = try await AcceleratorFixture()
        try await fixture.report(Reports.host([Reports.device()]))
        try await fixture.profile("p")
        let id = try await fixture.requests("p")[0]
        let path = "/v2/accelerator_requests/\(id)/binding"
        let body: JSON = [
            "hostname": "host-a", "device_rp_uuid": .text("\(Reports.provider(1))"),
            "instance_uuid": .text("\(Reports.instance(1))"),
        ]
        #expect(try await fixture.call(.put, path, body, as: .memberThroughService, version: "2.3").status == 404)
        #expect(try await fixture.call(.put, path, body, as: .member, version: "2.4").status == 403)
        #expect(
            try await fixture.call(.put, path, body, as: .otherMemberThroughService, version: "2.4").status == 404)
        #expect(try await fixture.call(.put, path, body, as: .memberThroughService, version: "2.4").status == 202)
        #expect(try await fixture.show(id)["state"] == "Bound")
        #expect(try await fixture.call(.delete, path, as: .memberThroughService, version: "2.4").status == 202)
        #expect(try await fixture.show(id)["state"] == "Unbound")
        #expect(try await fixture.handleStates() == ["available": 1])
    }
}
