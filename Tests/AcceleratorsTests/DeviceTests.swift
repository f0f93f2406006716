import HTTPTypes
import Model
import TestJSON
import Testing

@Suite struct DeviceTests {
    @Test func `a reported device shows as the wire has it`() async throws {
        let fixture = try await AcceleratorFixture()
        try await fixture.report(Reports.host([Reports.device(units: 16)]))
        let list = try await fixture.call(.get, "/v2/devices")
        let device = list.json["devices"][0]
        #expect(
            device.keys == [
                "uuid", "type", "vendor", "model", "std_board_info", "vendor_board_info", "hostname", "links",
                "created_at", "updated_at",
            ])
        #expect(device["type"] == "FPGA")
        #expect(device["hostname"] == "host-a")
        #expect(device["created_at"] == "2026-11-21T00:07:29.834118+00:00")
        #expect(device["updated_at"] == .null)
        let one = try await fixture.call(.get, "/v2/devices/\(device["uuid"].text)", version: "2.3")
        #expect(one.json["status"] == "enabled")
        #expect(
            one.json["links"][0]["href"].text == "http://127.0.0.1/accelerator/v2/devices/\(device["uuid"].text)")
        #expect(try await fixture.call(.get, "/v2/devices/not-a-uuid").status == 404)
    }

    @Test func `devices are filtered`() async throws {
        let fixture = try await AcceleratorFixture()
        try await fixture.report(Reports.host([Reports.device(1), Reports.device(2)]))
        try await fixture.report(Reports.host([Reports.device(3)]), from: "host-b")
        func count(_ query: String) async throws -> Int {
            try await fixture.call(.get, "/v2/devices?\(query)").json["devices"].array.count
        }
        #expect(try await count("hostname=host-a") == 2)
        #expect(try await count("hostname=host-b&type=FPGA") == 1)
        #expect(try await count("type=GPU") == 0)
        #expect(try await count("type=NONSENSE") == 0)
        #expect(try await count("vendor=0xABCD") == 3)
        #expect(try await count("filters.field=hostname&filters.value=host-b") == 1)
        #expect(try await count("filters.field=limit&filters.value=2") == 2)
        #expect(try await count("filters.field=sort_dir&filters.value=desc") == 3)
        #expect(try await fixture.call(.get, "/v2/devices?filters.field=colour&filters.value=red").status == 400)
        #expect(try await fixture.call(.get, "/v2/devices?filters.field=type").status == 400)
    }

    /// W7, W8: upstream looks up the wrong deployable, touches only one, and forgets at the next inventory.
    @Test func `W7 W8 disabling withholds every provider of the device until it is enabled`() async throws {
        let fixture = try await AcceleratorFixture()
        var device = Reports.device(1)
        device.deployables.append(contentsOf: Reports.device(2).deployables)
        try await fixture.report(Reports.host([Reports.device(3), device]))
        let list = try await fixture.call(.get, "/v2/deployables").json["deployables"].array
        let number = list.first { $0["name"] == "card-1" }?["device_id"]
        let devices = try await fixture.call(.get, "/v2/devices?filters.field=id&filters.value=\(number?.integer ?? 0)")
        let id = devices.json["devices"][0]["uuid"].text
        #expect(try await fixture.withheld() == [])
        #expect(try await fixture.call(.post, "/v2/devices/\(id)/disable").status == 204)
        #expect(try await fixture.withheld() == [Reports.provider(1), Reports.provider(2)])
        #expect(try await fixture.call(.get, "/v2/devices/\(id)", version: "2.3").json["status"] == "maintaining")
        // A new report changes nothing of what the operator wants.
        device.deployables[0].accelerators = 4
        try await fixture.report(Reports.host(2, [Reports.device(3), device]))
        #expect(try await fixture.withheld() == [Reports.provider(1), Reports.provider(2)])
        #expect(try await fixture.call(.post, "/v2/devices/\(id)/enable").status == 204)
        #expect(try await fixture.call(.post, "/v2/devices/\(id)/enable").status == 204)
        #expect(try await fixture.withheld() == [])
        #expect(try await fixture.call(.post, "/v2/devices/\(Reports.provider(9))/disable").status == 404)
        #expect(try await fixture.call(.get, "/v2/devices/\(id)/enable").status >= 404)
    }

    @Test func `deployables show with their attributes`() async throws {
        let fixture = try await AcceleratorFixture()
        try await fixture.report(Reports.host([Reports.device(1, units: 16), Reports.device(2)]))
        let list = try await fixture.call(.get, "/v2/deployables")
        #expect(list.json.keys == ["deployables"])
        let first = list.json["deployables"][0]
        #expect(first["name"] == "card-1")
        #expect(first["num_accelerators"] == 16)
        #expect(first["attributes_list"] == #"[{"traits1": "CUSTOM_FAKE_DEVICE"}, {"rc": "FPGA"}]"#)
        #expect(first["rp_uuid"].text == "\(Reports.provider(1))")
        #expect(first["driver_name"] == "fake")
        #expect(first["parent_id"] == .null)
        #expect(first["links"].array.map { $0["rel"].text } == ["self", "bookmark"])
        let id = first["uuid"].text
        #expect(first["links"][1]["href"].text == "http://127.0.0.1/accelerator/deployables/\(id)")
        #expect(try await fixture.call(.get, "/v2/deployables/\(id)").json == first)
        #expect(try await fixture.call(.get, "/v2/deployables/x").status == 400)
        #expect(try await fixture.call(.get, "/v2/deployables/\(Reports.provider(77))").status == 404)
        let named = try await fixture.call(.get, "/v2/deployables?filters.field=name&filters.value=card-2")
        #expect(named.json["deployables"].array.count == 1)
    }

    @Test func `programming is checked and then refused in plain words`() async throws {
        let fixture = try await AcceleratorFixture()
        try await fixture.report(Reports.host([Reports.device(1)]))
        let id = try await fixture.call(.get, "/v2/deployables").json["deployables"][0]["uuid"].text
        let image = "20000000-0000-4000-8000-000000000000"
        func program(_ body: JSON, path: String? = nil) async throws -> Answer {
            try await fixture.call(.patch, path ?? "/v2/deployables/\(id)/program", body)
        }
        let good: JSON = [["path": "/program", "op": "replace", "value": [["image_uuid": .text(image)]]]]
        let refused = try await program(good)
        #expect(refused.status == 409)
        #expect(refused.fault.contains("cannot program"))
        #expect(try await program(good, path: "/v2/deployables/\(id)/program/\(id)").status == 409)
        #expect(try await program([]).status == 400)
        #expect(
            try await program([["path": "/program", "op": "move", "value": [["image_uuid": .text(image)]]]]).status
                == 400)
        #expect(
            try await program([["path": "/name", "op": "add", "value": [["image_uuid": .text(image)]]]]).status == 400)
        #expect(try await program([["path": "/program", "op": "add"]]).status == 400)
        #expect(try await program([["path": "/program", "op": "add", "value": [["image_uuid": "x"]]]]).status == 400)
    }

    @Test func `attributes are added, listed and removed`() async throws {
        let fixture = try await AcceleratorFixture()
        try await fixture.report(Reports.host([Reports.device(1), Reports.device(2)]))
        let number = try await fixture.call(.get, "/v2/attributes?key=rc").json["attributes"][0]["deployable_id"]
        let flat: JSON = ["deployable_id": number, "key": "colour", "value": "blue", "extra": 1]
        let made = try await fixture.call(.post, "/v2/attributes", flat)
        #expect(made.status == 201)
        #expect(made.json["key"] == "colour")
        // openstacksdk wraps the body; upstream answers 500 to it.
        let wrapped = try await fixture.call(.post, "/v2/attributes", ["attribute": flat])
        #expect(wrapped.status == 201)
        let listed = try await fixture.call(.get, "/v2/attributes?deployable_id=\(number.integer ?? 0)&key=colour")
        #expect(listed.json["attributes"].array.count == 2)
        #expect(try await fixture.call(.get, "/v2/attributes?deployable_id=x").status == 400)
        let id = made.json["uuid"].text
        #expect(try await fixture.call(.get, "/v2/attributes/\(id)").json["value"] == "blue")
        #expect(try await fixture.call(.delete, "/v2/attributes/\(id)").status == 204)
        #expect(try await fixture.call(.get, "/v2/attributes/\(id)").status == 404)
        #expect(try await fixture.call(.delete, "/v2/attributes/\(id)").status == 404)
        #expect(try await fixture.call(.post, "/v2/attributes", ["key": "a", "value": "b"]).status == 400)
        #expect(
            try await fixture.call(.post, "/v2/attributes", ["deployable_id": 999, "key": "a", "value": "b"]).status
                == 404)
        // What an operator added outlives reports.
        try await fixture.report(Reports.host(2, [Reports.device(1), Reports.device(2)]))
        #expect(try await fixture.call(.get, "/v2/attributes?key=colour").json["attributes"].array.count == 1)
    }
}
