import HTTPTypes
import Model
import TestJSON
import Testing

@Suite struct RequestTests {
    @Test func `a request is made for each accelerator of each group`() async throws {
        let fixture = try await AcceleratorFixture()
        _ = try await fixture.call(
            .post, "/v2/device_profiles",
            [
                [
                    "name": "both",
                    "groups": [
                        ["resources:FPGA": "2"],
                        ["resources:FPGA": "1", "trait:CUSTOM_FPGA_XILINX": "required"],
                        ["resources:PGPU": "1"],
                    ],
                ]
            ])
        let made = try await fixture.call(
            .post, "/v2/accelerator_requests",
            ["device_profile_name": "both", "device_profile_group_id": nil, "image_uuid": nil], as: .member)
        #expect(made.status == 201)
        let arqs = made.json["arqs"].array
        #expect(arqs.map { $0["device_profile_group_id"] } == [0, 0, 1, 1, 2])
        let first = arqs[0]
        #expect(
            first.keys == [
                "uuid", "state", "device_profile_name", "device_profile_group_id", "hostname", "device_rp_uuid",
                "instance_uuid", "project_id", "attach_handle_type", "attach_handle_uuid", "attach_handle_info",
                "links", "created_at", "updated_at",
            ])
        #expect(first["state"] == "Initial")
        #expect(first["attach_handle_type"] == "")
        #expect(first["attach_handle_info"] == [:])
        #expect(first["project_id"] == "blue")
        #expect(first["hostname"] == .null)
        let listed = try await fixture.call(.get, "/v2/accelerator_requests", as: .reader).json["arqs"].array
        #expect(listed == arqs)
        #expect(try await fixture.show(first["uuid"].text, as: .reader) == first)
    }

    @Test func `an unknown or empty profile is 404, a missing one 400`() async throws {
        let fixture = try await AcceleratorFixture()
        func post(_ body: JSON) async throws -> Int {
            try await fixture.call(.post, "/v2/accelerator_requests", body, as: .member).status
        }
        #expect(try await post(["device_profile_name": "none"]) == 404)
        #expect(try await post(["device_profile_name": ""]) == 404)
        #expect(try await post([:]) == 400)
        #expect(try await post(["device_profile_name": 5]) == 400)
    }

    @Test func `another project's request is not there`() async throws {
        let fixture = try await AcceleratorFixture()
        try await fixture.profile("p")
        let id = try await fixture.requests("p")[0]
        #expect(try await fixture.call(.get, "/v2/accelerator_requests/\(id)", as: .otherMember).status == 404)
        #expect(try await fixture.call(.get, "/v2/accelerator_requests", as: .otherMember).json["arqs"] == [])
        #expect(try await fixture.call(.delete, "/v2/accelerator_requests/\(id)", as: .otherMember).status == 404)
        let bound = try await fixture.bind(
            [id], instance: Reports.instance(1), provider: Reports.provider(1), as: .otherMemberThroughService)
        #expect(bound.status == 404)
        #expect(try await fixture.show(id)["state"] == "Initial")
        #expect(try await fixture.call(.get, "/v2/accelerator_requests", as: .admin).json["arqs"].array.count == 1)
    }

    @Test func `binding gives a handle, unbinding takes it back`() async throws {
        let fixture = try await AcceleratorFixture()
        try await fixture.report(Reports.host([Reports.device(units: 16)]))
        try await fixture.profile("p")
        let id = try await fixture.requests("p")[0]
        let bound = try await fixture.bind([id], instance: Reports.instance(1), provider: Reports.provider(1))
        #expect(bound.status == 202)
        #expect(bound.bytes.isEmpty)
        let shown = try await fixture.show(id, as: .reader)
        #expect(shown["state"] == "Bound")
        #expect(shown["hostname"] == "host-a")
        #expect(shown["device_rp_uuid"].text == "\(Reports.provider(1))")
        #expect(shown["instance_uuid"].text == "\(Reports.instance(1))")
        #expect(shown["attach_handle_type"] == "TEST_PCI")
        #expect(shown["attach_handle_info"] == ["domain": "0000", "bus": "1", "device": "0", "function": "1"])
        #expect(!shown["attach_handle_uuid"].text.isEmpty)
        #expect(try await fixture.handleStates() == ["available": 15, "held": 1])
        let unbound = try await fixture.call(
            .patch, "/v2/accelerator_requests/\(id)", AcceleratorFixture.unbinding([id]), as: .memberThroughService)
        #expect(unbound.status == 202)
        let after = try await fixture.show(id)
        #expect(after["state"] == "Unbound")
        #expect(after["instance_uuid"] == .null)
        #expect(after["attach_handle_type"] == "")
        #expect(try await fixture.handleStates() == ["available": 16])
        #expect(
            try await fixture.bind([id], instance: Reports.instance(1), provider: Reports.provider(1)).status == 202)
    }

    @Test func `lists of an instance, and of what is resolved`() async throws {
        let fixture = try await AcceleratorFixture()
        try await fixture.report(
            Reports.host([Reports.device(1, units: 2), Reports.device(2, needsPreparation: true)]))
        try await fixture.profile("p")
        let ids = try await fixture.requests("p") + fixture.requests("p") + fixture.requests("p")
        try await fixture.bind([ids[0]], instance: Reports.instance(1), provider: Reports.provider(1))
        try await fixture.bind([ids[1]], instance: Reports.instance(2), provider: Reports.provider(2))
        func list(_ query: String) async throws -> Answer {
            try await fixture.call(.get, "/v2/accelerator_requests?\(query)", as: .member)
        }
        let one = Reports.instance(1)
        let two = Reports.instance(2)
        #expect(try await list("instance=\(one)").json["arqs"].array.map { $0["uuid"].text } == [ids[0]])
        #expect(try await list("instance=\(one)&bind_state=resolved").json["arqs"].array.count == 1)
        #expect(try await list("instance=\(two)").json["arqs"][0]["state"] == "BindStarted")
        #expect(try await list("instance=\(two)&bind_state=resolved").status == 423)
        #expect(try await list("bind_state=resolved").json["arqs"].array.count == 1)
        #expect(try await list("bind_state=other").status == 400)
        #expect(try await list("instance=x").status == 400)
        #expect(try await list("instance=\(Reports.instance(9))").json["arqs"] == [])
    }

    @Test func `what a PATCH must be`() async throws {
        let fixture = try await AcceleratorFixture()
        try await fixture.report(Reports.host([Reports.device()]))
        try await fixture.profile("p")
        let id = try await fixture.requests("p")[0]
        func patch(_ body: [String: JSON], as persona: Persona = .memberThroughService, version: String? = nil)
            async throws
            -> Int
        {
            try await fixture.call(
                .patch, "/v2/accelerator_requests", .object(body), as: persona, version: version
            ).status
        }
        let host: JSON = ["path": "/hostname", "op": "add", "value": "host-a"]
        let provider: JSON = ["path": "/device_rp_uuid", "op": "add", "value": .text("\(Reports.provider(1))")]
        let instance: JSON = ["path": "/instance_uuid", "op": "add", "value": .text("\(Reports.instance(1))")]
        let project: JSON = ["path": "/project_id", "op": "add", "value": "blue"]
        #expect(try await patch([:]) == 400)
        #expect(
            try await fixture.call(.patch, "/v2/accelerator_requests", [], as: .memberThroughService).status == 400)
        #expect(try await patch([id: []]) == 400)
        #expect(try await patch([id: [host]]) == 400)
        #expect(try await patch([id: [host, provider, ["path": "/instance_uuid", "op": "remove"]]]) == 400)
        #expect(
            try await patch([id: [host, provider, instance, ["path": "/state", "op": "add", "value": "x"]]]) == 400)
        #expect(try await patch([id: [host, provider, ["path": "/instance_uuid", "op": "add", "value": "x"]]]) == 400)
        #expect(try await patch(["x": [host, provider, instance]]) == 400)
        #expect(try await patch([id: [host, provider, instance, project]]) == 406)
        #expect(try await patch([id: [host, provider, instance, project]], version: "2.1") == 403)
        #expect(try await patch([id: [host, provider, instance]], as: .member) == 403)
        #expect(try await patch([id: [host, provider, instance]], as: .reader) == 403)
        let none = "\(Reports.provider(99))"
        #expect(try await patch([none: [host, provider, instance]]) == 404)
        #expect(
            try await patch([id: [host, provider, instance, project]], as: .adminThroughService, version: "2.1") == 202)
        // Bound already.
        #expect(try await patch([id: [host, provider, instance]]) == 400)
    }

    @Test func `the service token's gate says what it wants`() async throws {
        let fixture = try await AcceleratorFixture()
        try await fixture.report(Reports.host([Reports.device(units: 2)]))
        try await fixture.profile("p")
        let id = try await fixture.requests("p")[0]
        let refused = try await fixture.bind(
            [id], instance: Reports.instance(1), provider: Reports.provider(1), as: .member)
        #expect(refused.status == 403)
        #expect(refused.fault.lowercased().contains("requires a service token"))
        try await fixture.bind([id], instance: Reports.instance(1), provider: Reports.provider(1))
        #expect(try await fixture.call(.delete, "/v2/accelerator_requests?arqs=\(id)", as: .member).status == 403)
        let byInstance = try await fixture.call(
            .delete, "/v2/accelerator_requests?instance=\(Reports.instance(1))", as: .admin)
        #expect(byInstance.status == 403)
        #expect(byInstance.fault.lowercased().contains("requires a service token"))
        // One that is bound to nothing may be deleted by its owner.
        let other = try await fixture.requests("p")[0]
        #expect(try await fixture.call(.delete, "/v2/accelerator_requests/\(other)", as: .member).status == 204)
    }

    @Test func `deleting by instance is idempotent and gives handles back`() async throws {
        let fixture = try await AcceleratorFixture()
        try await fixture.report(Reports.host([Reports.device(units: 4)]))
        try await fixture.profile("p", count: 3)
        let ids = try await fixture.requests("p")
        try await fixture.bind(ids, instance: Reports.instance(1), provider: Reports.provider(1))
        #expect(try await fixture.handleStates() == ["available": 1, "held": 3])
        for _ in 1...2 {
            let answer = try await fixture.call(
                .delete, "/v2/accelerator_requests?instance=\(Reports.instance(1))", as: .memberThroughService)
            #expect(answer.status == 204)
        }
        #expect(try await fixture.handleStates() == ["available": 4])
        #expect(try await fixture.call(.delete, "/v2/accelerator_requests", as: .memberThroughService).status == 400)
        #expect(
            try await fixture.call(
                .delete, "/v2/accelerator_requests?arqs=\(ids[0])&instance=\(Reports.instance(1))",
                as: .memberThroughService
            ).status == 400)
    }
}
