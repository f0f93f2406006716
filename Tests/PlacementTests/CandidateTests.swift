import Clients
import HTTPTypes
import Logging
import Model
import Placement
import Search
import Store
import TestJSON
import TestStore
import Testing

@Suite(.everyEngine) struct CandidateTests {
    @Test func candidatesFollowEveryWrite() async throws {
        let fixture = try await PlacementFixture()
        let host = try await fixture.provider("host", ["VCPU": 4, "MEMORY_MB": 1024])
        let card = try await fixture.provider("card", below: host, ["FPGA": 1], traits: ["CUSTOM_X"])
        let query = "resources=VCPU:2&resources_A=FPGA:1&required_A=CUSTOM_X"
        let wanted: Set = [[host: ["VCPU": 2], card: ["FPGA": 1]]]
        #expect(try await fixture.candidates(query) == wanted)
        let consumer = PlacementFixture.newID()
        try await fixture.claim(consumer, [host: ["VCPU": 2], card: ["FPGA": 1]])
        #expect(try await fixture.candidates(query).isEmpty)
        try await fixture.call(.delete, "/allocations/\(consumer)")
        #expect(try await fixture.candidates(query) == wanted)
        try await fixture.call(.delete, "/resource_providers/\(card)/traits")
        #expect(try await fixture.candidates(query).isEmpty)
        #expect(try await fixture.call(.delete, "/resource_providers/\(card)").status == 204)
        #expect(try await fixture.candidates("resources=FPGA:1").isEmpty)
        #expect(try await fixture.candidates("resources=VCPU:1").count == 1)
    }

    @Test func answersFollowTheVersion() async throws {
        let fixture = try await PlacementFixture()
        let host = try await fixture.provider("host", ["VCPU": 4, "MEMORY_MB": 1024], traits: ["HW_NUMA_ROOT"])
        _ = try await fixture.provider("below", below: host, ["FPGA": 1])
        func answer(_ version: String) async throws -> JSON {
            try await fixture.call(.get, "/allocation_candidates?resources=VCPU:1", version: version).json
        }
        let oldest = try await answer("1.10")
        #expect(
            oldest["allocation_requests"][0]["allocations"] == [
                ["resource_provider": ["uuid": .text(host)], "resources": ["VCPU": 1]]
            ])
        #expect(oldest["provider_summaries"] == .object([host: ["resources": ["VCPU": ["capacity": 4, "used": 0]]]]))
        #expect(try await answer("1.17")["provider_summaries"][host]["traits"] == ["HW_NUMA_ROOT"])
        #expect(try await answer("1.27")["provider_summaries"][host]["resources"].members.count == 2)
        #expect(try await answer("1.28")["provider_summaries"].members.count == 1)
        #expect(try await answer("1.29")["provider_summaries"].members.count == 2)
        #expect(try await answer("1.34")["allocation_requests"][0]["mappings"] == .object(["": .array([.text(host)])]))
    }

    @Test(arguments: [
        ("1.39", "", "placement.query.missing_value"), ("1.39", "resources=VCPU", ""), ("1.39", "resources=", ""),
        ("1.39", "resources=VCPU:0", ""), ("1.39", "resources=VCPU:x", ""), ("1.39", "resources=NONE:1", ""),
        ("1.39", "resources=VCPU:1&required=CUSTOM_NONE", ""), ("1.39", "resources=VCPU:1&limit=0", ""),
        ("1.39", "resources=VCPU:1&limit=x", ""), ("1.39", "resources=VCPU:1&other=1", ""),
        ("1.39", "resources1=VCPU:1&resources2=VCPU:1", ""), ("1.39", "resources=VCPU:1&group_policy=some", ""),
        ("1.39", "resources=VCPU:1&required=HW_NUMA_ROOT,!HW_NUMA_ROOT", ""),
        ("1.39", "resources=VCPU:1&required=,", ""), ("1.39", "resources=VCPU:1&member_of=x", ""),
        ("1.39", "resources=VCPU:1&required_A=HW_NUMA_ROOT", "placement.query.bad_value"),
        ("1.39", "resources=VCPU:1&same_subtree=_A", "placement.query.bad_value"),
        ("1.39", "resources=VCPU:1&same_subtree=", "placement.query.bad_value"),
        (
            "1.39", "resources=VCPU:1&root_required=HW_NUMA_ROOT&root_required=HW_NUMA_ROOT",
            "placement.query.duplicate_key"
        ),
        ("1.38", "resources=VCPU:1&required=in:HW_NUMA_ROOT", ""), ("1.32", "resources_A=VCPU:1", ""),
        ("1.35", "resources=VCPU:1&required1=HW_NUMA_ROOT", ""), ("1.31", "resources=VCPU:1&member_of=!x", ""),
        ("1.30", "resources=VCPU:1&in_tree=x", ""), ("1.21", "resources=VCPU:1&required=!HW_NUMA_ROOT", ""),
        ("1.24", "resources1=VCPU:1", ""), ("1.15", "resources=VCPU:1&limit=1", ""),
    ])
    func whatCannotBeAskedIsRefused(_ version: String, _ query: String, _ code: String) async throws {
        let fixture = try await PlacementFixture()
        let answer = try await fixture.call(.get, "/allocation_candidates?\(query)", version: version)
        #expect(answer.status == 400)
        if !code.isEmpty { #expect(answer.code == code) }
    }

    @Test func hugeAmountsFindNothing() async throws {
        let fixture = try await PlacementFixture()
        try await fixture.provider("host", ["VCPU": 4])
        let most = Int.max
        #expect(try await fixture.candidates("resources=VCPU:\(most)").isEmpty)
        #expect(
            try await fixture.candidates(
                "resources1=VCPU:\(most)&resources2=VCPU:\(most)&group_policy=none"
            ).isEmpty)
        let list = try await fixture.call(.get, "/resource_providers?resources=VCPU:\(most)")
        #expect(list.json["resource_providers"] == [])
    }

    @Test func anotherReplicaHears() async throws {
        let first = try await PlacementFixture()
        let feed = ChangeFeed(first.store, logger: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() })
        let second = try await PlacementFixture(on: first, feed: feed)
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { try await feed.run() }
            #expect(try await second.candidates("resources=VCPU:1").isEmpty)
            let host = try await first.provider("host", ["VCPU": 2])
            try await feed.catchUp()
            #expect(try await second.candidates("resources=VCPU:1") == [[host: ["VCPU": 1]]])
            try await first.claim(PlacementFixture.newID(), [host: ["VCPU": 2]])
            try await feed.catchUp()
            #expect(try await second.candidates("resources=VCPU:1").isEmpty)
            group.cancelAll()
        }
    }

    @Test func inProcessCallersSeeTheSame() async throws {
        let fixture = try await PlacementFixture()
        let client = fixture.client
        let id = ResourceProviderID(PlacementFixture.newID())
        let root = try #require(id)
        let made = try await client.createProvider(root, name: "agent", parent: nil)
        #expect(made.root == root)
        let custom = ResourceClass(unchecked: "CUSTOM_CARD")
        try await client.ensure(resourceClass: custom)
        try await client.ensure(trait: Trait(unchecked: "CUSTOM_T"))
        let generation = try await client.setInventories(of: root, generation: 0, to: [custom: Inventory(total: 2)])
        #expect(try await client.setTraits(of: root, generation: generation, to: [Trait(unchecked: "CUSTOM_T")]) == 2)
        await #expect(throws: Fault.self) {
            try await client.setInventories(of: root, generation: 0, to: [:])
        }
        let consumer = PlacementFixture.newID()
        try await fixture.claim(consumer, ["\(root)": ["CUSTOM_CARD": 1]])
        #expect(try await client.allocations(of: root).values.first == [custom: 1])
        #expect(try await client.provider(named: "agent")?.generation == 3)
        #expect(try await client.tree(of: root).count == 1)
    }

    /// The original's set: which of equal groups has which device is told apart unless the operator folds it.
    @Test func equalGroupsAreToldApartByDefault() async throws {
        let fixture = try await PlacementFixture()
        let host = try await fixture.provider("host", ["VCPU": 4])
        for card in 0..<3 { try await fixture.provider("card\(card)", below: host, ["FPGA": 1]) }
        let query = "/allocation_candidates?resources_A=FPGA:1&resources_B=FPGA:1&group_policy=isolate"
        #expect(try await fixture.call(.get, query).json["allocation_requests"].array.count == 6)
        var options = PlacementOptions()
        options.folding = .equalGroups
        let folding = try await PlacementFixture(on: fixture, options: options)
        #expect(try await folding.call(.get, query).json["allocation_requests"].array.count == 3)
        options.mostCandidates = 2
        options.folding = .none
        let bounded = try await PlacementFixture(on: fixture, options: options)
        #expect(try await bounded.call(.get, query).json["allocation_requests"].array.count == 2)
    }

    /// Whatever the order in which the server came to know them, the standard ones come first: the original numbers them before any other.
    @Test func traitsOfASummaryAreInAFixedOrder() async throws {
        let fixture = try await PlacementFixture()
        try await fixture.provider("first", ["VCPU": 4], traits: ["CUSTOM_Z"])
        let host = try await fixture.provider(
            "host", ["VCPU": 4, "FPGA": 1, "DISK_GB": 1], traits: ["CUSTOM_M", "CUSTOM_Z", "CUSTOM_A", "HW_NUMA_ROOT"])
        let answer = try await fixture.call(.get, "/allocation_candidates?resources=VCPU:1")
        #expect(
            answer.json["provider_summaries"][host]["traits"] == ["HW_NUMA_ROOT", "CUSTOM_A", "CUSTOM_M", "CUSTOM_Z"])
        let sorted: JSON = ["CUSTOM_A", "CUSTOM_M", "CUSTOM_Z", "HW_NUMA_ROOT"]
        #expect(try await fixture.call(.get, "/resource_providers/\(host)/traits").json["traits"] == sorted)
    }
}
