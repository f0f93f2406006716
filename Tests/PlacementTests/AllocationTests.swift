import HTTPTypes
import TestJSON
import TestStore
import Testing

@Suite(.everyEngine) struct AllocationTests {
    @Test func aClaimTakesAndGivesBack() async throws {
        let fixture = try await PlacementFixture()
        let id = try await fixture.provider("host", ["VCPU": 4, "MEMORY_MB": 1024])
        let consumer = PlacementFixture.newID()
        #expect(try await fixture.claim(consumer, [id: ["VCPU": 2, "MEMORY_MB": 512]]).status == 204)
        let shown = try await fixture.call(.get, "/allocations/\(consumer)").json
        #expect(shown["allocations"][id]["resources"] == ["VCPU": 2, "MEMORY_MB": 512])
        #expect(shown["consumer_generation"] == 1)
        #expect(shown["project_id"] == "p")
        #expect(shown["consumer_type"] == "INSTANCE")
        #expect(try await fixture.call(.get, "/resource_providers/\(id)/usages").json["usages"]["VCPU"] == 2)
        #expect(try await fixture.generation(id) == 2)

        #expect(try await fixture.claim(consumer, [id: ["VCPU": 1]]).code == "placement.concurrent_update")
        #expect(try await fixture.claim(consumer, [id: ["VCPU": 1]], generation: 1).status == 204)
        #expect(try await fixture.call(.get, "/resource_providers/\(id)/usages").json["usages"]["MEMORY_MB"] == 0)

        #expect(
            try await fixture.call(.delete, "/resource_providers/\(id)").code == "placement.resource_provider.inuse")
        let generation = try await fixture.generation(id)
        let inventories = try await fixture.call(
            .put, "/resource_providers/\(id)/inventories",
            ["inventories": [:], "resource_provider_generation": .integer(generation)])
        #expect(inventories.code == "placement.inventory.inuse")

        #expect(try await fixture.call(.delete, "/allocations/\(consumer)").status == 204)
        #expect(try await fixture.call(.delete, "/allocations/\(consumer)").status == 404)
        #expect(try await fixture.generation(id) == generation)
        #expect(try await fixture.call(.get, "/allocations/\(consumer)").json == ["allocations": [:]])
    }

    @Test func whatDoesNotFitIsRefusedWhole() async throws {
        let fixture = try await PlacementFixture()
        let id = try await fixture.provider("host", ["VCPU": 4])
        try await fixture.set(
            [
                "VCPU": ["total": 4, "allocation_ratio": .integer(2)], "DISK_GB": ["total": 10, "step_size": 5],
                "PGPU": ["total": 2, "max_unit": 1],
            ], of: id)
        let one = PlacementFixture.newID()
        #expect(try await fixture.claim(one, [id: ["VCPU": 9]]).status == 409)
        #expect(try await fixture.claim(one, [id: ["DISK_GB": 4]]).status == 409)
        #expect(try await fixture.claim(one, [id: ["PGPU": 2]]).status == 409)
        #expect(try await fixture.claim(one, [id: ["FPGA": 1]]).status == 409)
        #expect(try await fixture.claim(one, [id: ["CUSTOM_NONE": 1]]).status == 400)
        #expect(try await fixture.claim(one, [PlacementFixture.newID(): ["VCPU": 1]]).status == 400)
        #expect(try await fixture.call(.put, "/allocations/x", PlacementFixture.claim([id: ["VCPU": 1]])).status == 400)
        #expect(try await fixture.claim(one, [id: ["VCPU": 8]]).status == 204)

        let two = PlacementFixture.newID()
        let three = PlacementFixture.newID()
        let both = try await fixture.call(
            .post, "/allocations",
            .object([
                two: PlacementFixture.claim([id: ["PGPU": 1]]),
                three: PlacementFixture.claim([id: ["PGPU": 1, "VCPU": 1]]),
            ]))
        #expect(both.status == 409)
        #expect(both.code == "placement.undefined_code")
        #expect(try await fixture.call(.get, "/allocations/\(two)").json["allocations"] == [:])
        let swapped = try await fixture.call(
            .post, "/allocations",
            .object([
                one: PlacementFixture.claim([:], generation: 1), two: PlacementFixture.claim([id: ["VCPU": 8]]),
            ]))
        #expect(swapped.status == 204)
        #expect(try await fixture.call(.get, "/resource_providers/\(id)/usages").json["usages"]["VCPU"] == 8)
    }

    @Test func anOverfullProviderTakesWhatDoesNotRaiseItsUse() async throws {
        let fixture = try await PlacementFixture()
        let id = try await fixture.provider("host", ["VCPU": 8])
        let consumer = PlacementFixture.newID()
        try await fixture.claim(consumer, [id: ["VCPU": 8]])
        try await fixture.set(["VCPU": ["total": 4]], of: id)
        #expect(try await fixture.claim(consumer, [id: ["VCPU": 7]], generation: 1).status == 204)
        #expect(try await fixture.claim(consumer, [id: ["VCPU": 8]], generation: 2).status == 409)
    }

    @Test func bodiesFollowTheVersion() async throws {
        let fixture = try await PlacementFixture()
        let id = try await fixture.provider("host", ["VCPU": 4])
        let consumer = PlacementFixture.newID()
        let listed: JSON = [
            "allocations": [["resource_provider": ["uuid": .text(id)], "resources": ["VCPU": 1]]]
        ]
        #expect(try await fixture.call(.put, "/allocations/\(consumer)", listed, version: "1.0").status == 204)
        #expect(try await fixture.call(.put, "/allocations/\(consumer)", listed, version: "1.8").status == 400)
        let shown = try await fixture.call(.get, "/allocations/\(consumer)").json
        #expect(shown["project_id"] == "00000000-0000-0000-0000-000000000000")
        #expect(shown["consumer_type"] == "unknown")
        #expect(
            try await fixture.claim(consumer, [id: ["VCPU": 1]], generation: 1, version: "1.30").status == 400)
        #expect(try await fixture.call(.post, "/allocations", [:], version: "1.12").status == 404)
    }

    @Test func usagesAreSummedByProjectAndType() async throws {
        let fixture = try await PlacementFixture()
        let id = try await fixture.provider("host", ["VCPU": 16])
        for (project, type) in [("a", "INSTANCE"), ("a", "INSTANCE"), ("a", "MIGRATION"), ("b", "INSTANCE")] {
            try await fixture.call(
                .put, "/allocations/\(PlacementFixture.newID())",
                PlacementFixture.claim([id: ["VCPU": 2]], project: project, type: type))
        }
        let typed = try await fixture.call(.get, "/usages?project_id=a").json["usages"]
        #expect(typed["INSTANCE"] == ["VCPU": 4, "consumer_count": 2])
        #expect(typed["MIGRATION"] == ["VCPU": 2, "consumer_count": 1])
        let all = try await fixture.call(.get, "/usages?project_id=a&consumer_type=all").json["usages"]
        #expect(all == ["all": ["VCPU": 6, "consumer_count": 3]])
        #expect(
            try await fixture.call(.get, "/usages?project_id=a", version: "1.37").json["usages"] == ["VCPU": 6])
        #expect(try await fixture.call(.get, "/usages").status == 400)
        #expect(try await fixture.call(.get, "/usages?project_id=none").json == ["usages": [:]])
        #expect(
            try await fixture.call(.get, "/usages?project_id=a", token: "x:a", roles: "reader").status == 200)
        #expect(
            try await fixture.call(.get, "/usages?project_id=a", token: "x:b", roles: "reader").status == 403)
    }

    @Test func manyClaimsNeverOversell() async throws {
        let fixture = try await PlacementFixture()
        let id = try await fixture.provider("host", ["VCPU": 20])
        let statuses = await withTaskGroup(of: Int.self) { group in
            for _ in 0..<60 {
                group.addTask {
                    (try? await fixture.claim(PlacementFixture.newID(), [id: ["VCPU": 1]]).status) ?? 0
                }
            }
            var statuses: [Int] = []
            for await status in group { statuses.append(status) }
            return statuses
        }
        #expect(statuses.count { $0 == 204 } == 20)
        #expect(statuses.count { $0 == 409 } == 40)
        #expect(try await fixture.call(.get, "/resource_providers/\(id)/usages").json["usages"]["VCPU"] == 20)
        #expect(try await fixture.candidates("resources=VCPU:1").isEmpty)
    }

    @Test func theReshaperMovesWhatIsInUse() async throws {
        let fixture = try await PlacementFixture()
        let root = try await fixture.provider("root", ["VCPU": 4, "VGPU": 2])
        let child = try await fixture.provider("child", below: root)
        let consumer = PlacementFixture.newID()
        try await fixture.claim(consumer, [root: ["VCPU": 1, "VGPU": 1]])
        func body(_ allocations: JSON) async throws -> JSON {
            [
                "inventories": .object([
                    root: [
                        "resource_provider_generation": .integer(try await fixture.generation(root)),
                        "inventories": ["VCPU": ["total": 4]],
                    ],
                    child: [
                        "resource_provider_generation": .integer(try await fixture.generation(child)),
                        "inventories": ["VGPU": ["total": 2]],
                    ],
                ]), "allocations": allocations,
            ]
        }
        let busy = try await fixture.call(.post, "/reshaper", try await body([:]), roles: "service")
        #expect(busy.code == "placement.inventory.inuse")
        #expect(try await fixture.call(.post, "/reshaper", try await body([:])).status == 403)
        let moved = PlacementFixture.claim([root: ["VCPU": 1], child: ["VGPU": 1]], generation: 1)
        let done = try await fixture.call(
            .post, "/reshaper", try await body(.object([consumer: moved])), roles: "service")
        #expect(done.status == 204)
        #expect(try await fixture.call(.get, "/resource_providers/\(child)/usages").json["usages"] == ["VGPU": 1])
        #expect(
            try await fixture.candidates("resources=VCPU:3,VGPU:1") == [[root: ["VCPU": 3], child: ["VGPU": 1]]])
    }
}
