import HTTPTypes
import TestJSON
import Testing

@Suite struct DeviceProfileTests {
    static let groups: JSON = [["resources:FPGA": "1", "trait:CUSTOM_FAKE_DEVICE": "required"]]

    func post(_ fixture: AcceleratorFixture, _ body: JSON) async throws -> Answer {
        try await fixture.call(.post, "/v2/device_profiles", body)
    }

    @Test func `a profile is made, shown, listed and deleted`() async throws {
        let fixture = try await AcceleratorFixture()
        let made = try await post(
            fixture,
            [["name": "fpga", "groups": [["resources:FPGA": 2, "trait: CUSTOM_A ": "required", "accel:x": "y"]]]])
        #expect(made.status == 201)
        #expect(made.json["name"] == "fpga")
        #expect(made.json["description"] == .null)
        #expect(
            made.json["groups"] == [["resources:FPGA": "2", "trait:CUSTOM_A": "required", "accel:x": "y"]])
        let id = made.json["uuid"].text
        let shown = try await fixture.call(.get, "/v2/device_profiles/\(id)")
        #expect(shown.json["device_profile"]["created_at"] == "2026-11-21 00:07:29.834118+00:00")
        #expect(shown.json["device_profile"]["updated_at"] == "None")
        #expect(try await fixture.call(.get, "/v2/device_profiles/fpga", version: "2.1").status == 406)
        #expect(
            try await fixture.call(.get, "/v2/device_profiles/fpga", version: "2.2").json["device_profile"]["uuid"]
                .text == id)
        _ = try await post(fixture, [["name": "two", "groups": Self.groups]])
        #expect(
            try await fixture.call(.get, "/v2/device_profiles?name=fpga,two,none").json["device_profiles"].array.count
                == 2)
        #expect(try await fixture.call(.get, "/v2/device_profiles?name=none").json == ["device_profiles": []])
        #expect(try await fixture.call(.delete, "/v2/device_profiles/\(id)").status == 204)
        #expect(try await fixture.call(.delete, "/v2/device_profiles/\(id)").status == 404)
        #expect(try await fixture.call(.delete, "/v2/device_profiles?value=two").status == 204)
    }

    @Test func `statuses that published clients assert`() async throws {
        let fixture = try await AcceleratorFixture()
        let uuid: JSON = "30000000-0000-4000-8000-000000000000"
        #expect(try await post(fixture, [["name": "a", "uuid": uuid, "groups": Self.groups]]).status == 201)
        #expect(try await post(fixture, [["name": "a", "groups": Self.groups]]).status == 409)
        #expect(try await post(fixture, [["name": "b", "uuid": uuid, "groups": Self.groups]]).status == 500)
        #expect(try await post(fixture, [["name": "", "groups": Self.groups]]).status == 500)
        #expect(try await post(fixture, [["groups": Self.groups]]).status == 500)
        let long = String(repeating: "n", count: 256)
        #expect(try await post(fixture, [["name": .text(long), "groups": Self.groups]]).status == 500)
        #expect(try await fixture.call(.delete, "/v2/device_profiles/").status == 400)
        #expect(try await fixture.call(.delete, "/v2/device_profiles").status == 400)
        #expect(try await fixture.call(.delete, "/v2/device_profiles?value=").status == 400)
    }

    @Test(
        arguments: [
            ["name": "a b", "groups": DeviceProfileTests.groups],
            ["name": "a", "groups": []],
            ["name": "a"],
            ["name": "a", "groups": [["FPGA": "1"]]],
            ["name": "a", "groups": [["resources1:FPGA": "1"]]],
            ["name": "a", "groups": [["resources:VCPU": "1"]]],
            ["name": "a", "groups": [["resources:FPGA": "one"]]],
            ["name": "a", "groups": [["resources:FPGA": "1", "trait:HW_GPU_X": "required"]]],
            ["name": "a", "groups": [["resources:FPGA": "1", "trait:CUSTOM_X": "maybe"]]],
            ["name": "a", "groups": "none"],
        ] as [JSON])
    func `what is no profile is refused with 400`(body: JSON) async throws {
        let fixture = try await AcceleratorFixture()
        #expect(try await post(fixture, [body]).status == 400)
        #expect(try await post(fixture, body).status == 400)
        #expect(try await fixture.call(.get, "/v2/device_profiles").json["device_profiles"] == [])
    }

    @Test func `W20 counts below one, empty groups and groups without resources are refused`() async throws {
        let fixture = try await AcceleratorFixture()
        for group: JSON in [["resources:FPGA": 0], ["resources:FPGA": -1], [:], ["trait:CUSTOM_X": "required"]] {
            #expect(try await post(fixture, [["name": "a", "groups": [group]]]).status == 400)
        }
        #expect(try await post(fixture, []).status == 400)
        let two: JSON = ["name": "a", "groups": Self.groups]
        #expect(try await post(fixture, [two, two]).status == 400)
    }

    /// W20a: upstream answers 400 but keeps the row, and then no list works any more.
    @Test func `W20a a malformed uuid leaves nothing behind`() async throws {
        let fixture = try await AcceleratorFixture()
        let answer = try await post(fixture, [["name": "a", "uuid": "nonsense", "groups": Self.groups]])
        #expect(answer.status == 400)
        let list = try await fixture.call(.get, "/v2/device_profiles")
        #expect(list.status == 200)
        #expect(list.json == ["device_profiles": []])
    }

    @Test func `W4 a profile in use is refused in words, without SQL`() async throws {
        let fixture = try await AcceleratorFixture()
        try await fixture.profile("busy")
        try await fixture.profile("idle")
        _ = try await fixture.requests("busy")
        let answer = try await fixture.call(.delete, "/v2/device_profiles?value=idle,busy")
        #expect(answer.status == 409)
        #expect(answer.fault.contains("in use"))
        #expect(!answer.fault.uppercased().contains("CONSTRAINT"))
        // All or nothing.
        #expect(try await fixture.call(.get, "/v2/device_profiles").json["device_profiles"].array.count == 2)
    }
}
