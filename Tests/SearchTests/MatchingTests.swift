import Model
import Search
import Testing

/// Questions whose answer is a matching: asked one order after another they would take longer than the world lasts.
@Suite struct MatchingTests {
    /// What the search may take for them: far below its budget.
    static let fewSteps = 60_000

    private func search(
        _ world: World, _ groups: [RequestGroup], _ policy: GroupPolicy = .isolate, same: [[String]] = [],
        folding: Folding = .none, limit: Int? = nil
    ) -> CandidateSet {
        let request = CandidateRequest(
            groups: groups, policy: policy, sameSubtrees: same, folding: folding, limit: limit)
        return CandidateSearch(request).run(in: world.index)
    }

    @Test(arguments: [15, 20, 40], [GroupPolicy.isolate, .none])
    func `the one assignment is found, and that there is no other`(count: Int, policy: GroupPolicy) {
        for order in [Array(0..<count), Array((0..<count).reversed())] {
            let found = search(Families.staircase(count), Families.groups(order), policy)
            #expect(found.count == 1)
            #expect(found.ending == .complete)
            #expect(found.steps < count * count * count + Self.fewSteps)
        }
    }

    @Test(arguments: [GroupPolicy.isolate, .none], [Folding.none, .equalGroups])
    func `what no assignment serves is refused as fast`(policy: GroupPolicy, folding: Folding) {
        let count = 20
        // Two groups want what only the last device has.
        let found = search(
            Families.staircase(count), Families.groups([19] + Array(1..<count)), policy, folding: folding)
        #expect(found.count == 0)
        #expect(found.ending == .complete)
        #expect(found.steps < Self.fewSteps)
        // One group too many, all equal.
        let equal = search(
            Families.staircase(count), (0..<count + 1).map { RequestGroup("_\($0)", [.fpga: 1]) }, policy,
            folding: folding)
        #expect(equal.count == 0)
        #expect(equal.ending == .complete)
        #expect(equal.steps < Self.fewSteps)
    }

    @Test func `the group without a suffix takes its share of them`() {
        let count = 16
        let plain = RequestGroup("", [.vcpu: 1, .fpga: 1])
        let tooMany = search(Families.staircase(count), [plain] + Families.groups(Array(0..<count)))
        #expect(tooMany.count == 0)
        #expect(tooMany.ending == .complete)
        #expect(tooMany.steps < Self.fewSteps)
        let just = search(Families.staircase(count), [plain] + Families.groups(Array(1..<count)), limit: 1)
        #expect(just.count == 1)
        #expect(just.steps < Self.fewSteps)
    }

    @Test func `a node that is too small for all of a rule's groups is seen at once`() {
        var world = World()
        world.add("h", ["VCPU": 8])
        for node in 0..<2 {
            world.add("n\(node)", below: "h", traits: ["CUSTOM_NODE"])
            for device in 0..<10 {
                world.add(
                    "n\(node)d\(device)", below: "n\(node)", ["FPGA": 1], traits: [Families.trait(device).name])
            }
        }
        func groups(_ count: Int) -> [RequestGroup] {
            (0..<count).map {
                RequestGroup("_\($0)", [.fpga: 1], forbidden: [Families.trait($0 % 10)])
            } + [RequestGroup("_N", [:], required: [[Trait(unchecked: "CUSTOM_NODE")]])]
        }
        let tooMany = groups(11)
        let none = search(world, tooMany, same: [tooMany.map(\.suffix)])
        #expect(none.count == 0)
        #expect(none.ending == .complete)
        #expect(none.steps < Self.fewSteps)
        let enough = groups(10)
        let one = search(world, enough, same: [enough.map(\.suffix)], limit: 1)
        #expect(one.count == 1)
        #expect(one.steps < Self.fewSteps)
    }

    @Test func `amounts that cannot be packed are refused by what there is in all`() {
        var world = World()
        world.add("h")
        for node in 0..<8 { world.add("n\(node)", below: "h", ["VCPU": 10 + node % 2]) }
        let groups = (0..<16).map { RequestGroup("_\($0)", [.vcpu: 6 + $0 % 2]) }
        let found = search(world, groups, .none)
        #expect(found.count == 0)
        #expect(found.ending == .complete)
        #expect(found.steps < Self.fewSteps)
    }

    @Test func `a trait that only one class's provider can bring decides first`() {
        var world = World()
        world.add("h")
        for device in 0..<20 {
            world.add(
                "d\(device)", below: "h", ["FPGA": 1, "VCPU": 1, "DISK_GB": 1, "MEMORY_MB": 1, "VGPU": 1],
                traits: ["CUSTOM_D\(device)"])
        }
        world.add("a", below: "h", ["PGPU": 1], traits: ["CUSTOM_A"])
        world.add("b", below: "h", ["PGPU": 1], traits: ["CUSTOM_B"])
        let resources: [ResourceClass: Int] = [.fpga: 1, .vcpu: 1, .diskGB: 1, .memoryMB: 1, .vgpu: 1, .pgpu: 1]
        let both = [["CUSTOM_A"], ["CUSTOM_B"]].map { Set($0.map { Trait(unchecked: $0) }) }
        let none = search(world, [RequestGroup("", resources, required: both)])
        #expect(none.count == 0)
        #expect(none.ending == .complete)
        #expect(none.steps < Self.fewSteps)
    }

    @Test func `a hard tree does not use up what others need`() {
        // Sums that nothing but trying refuses, on every host but the last.
        var world = World()
        for host in 0..<300 {
            world.add("h\(host)")
            for node in 0..<6 {
                world.add("h\(host)n\(node)", below: "h\(host)", ["VCPU": host == 299 ? 40 : 20, "DISK_GB": 20 + node])
            }
        }
        let amounts = [11, 9, 8, 7, 13, 12, 11, 10, 9, 8, 7, 6]
        let groups = amounts.enumerated().map { place, amount in
            RequestGroup("_\(place)", [.vcpu: amount, .diskGB: 3 + amount % 5])
        }
        let found = search(world, groups, .none, limit: 1)
        #expect(found.count == 1)
    }

    @Test(arguments: 0..<40)
    func `random families have the answers of the obvious search`(batch: Int) {
        for round in 0..<25 {
            let seed = UInt64(5_000_000 + batch * 100 + round)
            var random = SeededGenerator(seed: seed)
            var (world, request) = Families.composed(&random)
            let expected = ReferenceSearch(world: world).candidates(request)
            for folding in Folding.allCases {
                request.folding = folding
                let found = Answers(request, world.index)
                #expect(found.set.ending == .complete, "seed \(seed)")
                #expect(Set(found.list).isSubset(of: expected), "seed \(seed), \(folding)")
                #expect(found.list.isEmpty == expected.isEmpty, "seed \(seed), \(folding)")
                guard folding == .none else { continue }
                #expect(Set(found.list) == expected, "seed \(seed)")
                #expect(found.list.count == expected.count, "seed \(seed): a candidate is listed twice")
            }
        }
    }
}
