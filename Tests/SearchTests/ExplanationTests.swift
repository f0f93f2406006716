import Model
import Search
import Testing

@Suite struct ExplanationTests {
    @Test func saysWhatIsShort() {
        var world = World()
        world.add("near", ["VCPU": 8, "FPGA": 1], used: ["FPGA": 1], traits: ["CUSTOM_A"])
        world.add("far", ["VCPU": 2])
        world.add("small", ["VCPU": 4])
        let request = CandidateRequest(groups: [
            RequestGroup("", [.vcpu: 6, .fpga: 1], required: [[Trait(unchecked: "CUSTOM_A")]])
        ])
        let explanation = Explanation(of: request, in: world.index)
        #expect(explanation.trees == 3)
        #expect(explanation.fitting == 0)
        #expect(explanation.relaxations.map(\.dropped) == [[.resource(group: "", .fpga)]])
        #expect(explanation.relaxations.first?.anchors == 1)
        #expect(explanation.nearest.map(\.dropped.count) == [1, 3, 3])
        #expect(explanation.nearest.first.map { world.index.id($0.root) } == World.id("near"))
        let shortage = explanation.nearest.first?.shortages.first
        #expect(shortage?.resourceClass == .fpga)
        #expect(shortage?.asked == 1)
        #expect(shortage?.free == 0)
        let costs = Dictionary(uniqueKeysWithValues: explanation.costs.map { ($0.constraint, $0) })
        #expect(costs[.resource(group: "", .vcpu)]?.removedAlone == 2)
        #expect(costs[.resource(group: "", .fpga)]?.removedAlone == 3)
        #expect(costs[.resource(group: "", .fpga)]?.removedLast == 1)
    }

    @Test func saysHowMuchWouldFit() {
        var world = World()
        world.add("host", ["VCPU": 37])
        let explanation = Explanation(of: CandidateRequest(groups: [RequestGroup("", [.vcpu: 100])]), in: world.index)
        #expect(explanation.relaxations.first?.amount == 37)
    }

    @Test func aRequestThatFitsNeedsNoRelaxation() {
        var world = World()
        world.add("host", ["VCPU": 4])
        let explanation = Explanation(of: CandidateRequest(groups: [RequestGroup("", [.vcpu: 1])]), in: world.index)
        #expect(explanation.fitting == 1)
        #expect(explanation.relaxations.isEmpty)
    }

    @Test func aHostThatLacksOneUnitIsNearerThanOneWithoutTheClass() {
        var world = World()
        world.add("bare", ["VCPU": 64])
        world.add("full", ["VCPU": 64])
        world.add("card", below: "full", ["FPGA": 4], used: ["FPGA": 3], traits: ["CUSTOM_A"])
        world.add("held", ["VCPU": 64])
        world.add("heldCard", below: "held", ["FPGA": 2], used: ["FPGA": 2], traits: ["CUSTOM_A"])
        let request = CandidateRequest(groups: [
            RequestGroup("", [.vcpu: 4]),
            RequestGroup("_A", [.fpga: 2], required: [[Trait(unchecked: "CUSTOM_A")]]),
        ])
        let nearest = Explanation(of: request, in: world.index).nearest
        #expect(
            nearest.map { world.index.id($0.root) }
                == ["full", "held", "bare"].map { World.id($0) as ResourceProviderID })
        #expect(nearest.map { $0.shortages.map(\.free) } == [[1], [0], [0]])
        // The amount given up, the trait is still asked of somebody: it does not vanish with the amount.
        #expect(nearest.map(\.dropped.count) == [1, 1, 2])
        #expect(nearest.map(\.weight) == [0.5, 1, 3])
    }

    @Test func aClassThatNobodyHasIsGivenUpAlone() {
        var world = World()
        world.add("host", ["VCPU": 8], traits: ["CUSTOM_A"])
        let group = RequestGroup("", [.vcpu: 1, .pgpu: 1], required: [[Trait(unchecked: "CUSTOM_A")]])
        let explanation = Explanation(of: CandidateRequest(groups: [group]), in: world.index)
        #expect(explanation.relaxations.map(\.dropped) == [[.resource(group: "", .pgpu)]])
        #expect(explanation.nearest.map(\.weight) == [2])
    }

    @Test func oneDeviceTooFewIsADeficit() {
        var world = World()
        world.add("host", ["VCPU": 4])
        for device in 0..<2 { world.add("d\(device)", below: "host", ["FPGA": 1]) }
        let groups = (0..<3).map { RequestGroup("_\($0)", [.fpga: 1]) }
        let explanation = Explanation(of: CandidateRequest(groups: groups, policy: .isolate), in: world.index)
        let shortages = explanation.nearest.flatMap(\.shortages)
        #expect(shortages.map(\.resourceClass) == [.fpga])
        #expect(shortages.map(\.asked) == [1])
        #expect(shortages.map(\.free) == [0])
    }

    @Test func whatTakesLongEndsWithTheAllowance() {
        var world = World()
        for host in 0..<2 {
            world.add("h\(host)", ["VCPU": 8], traits: (0..<80).filter { $0 % 2 == host }.map { "CUSTOM_\($0)" })
        }
        let groups = (0..<4).map { group in
            RequestGroup(
                "_\(group)", [.vcpu: 1],
                required: (group * 20..<group * 20 + 20).map { [Trait(unchecked: "CUSTOM_\($0)")] })
        }
        let explanation = Explanation(
            of: CandidateRequest(groups: groups), in: world.index, allowance: Allowance(steps: 1_000_000))
        #expect(!explanation.isComplete)
        #expect(explanation.fitting == 0)
        #expect(explanation.costs.count == 84)
        #expect(explanation.costs.allSatisfy { $0.removedAlone != nil && $0.removedLast != nil })
        // Whoever asked has gone.
        let given = Explanation(
            of: CandidateRequest(groups: groups), in: world.index,
            allowance: Allowance(steps: .max / 2, isGivenUp: { true }))
        #expect(!given.isComplete)
    }

    /// Relaxations, distances and deficits, by the slow reference and the definition's own words.
    @Test(arguments: 0..<60) func agreesWithBruteForce(_ seed: Int) {
        var random = Randomized(seed: UInt64(seed) &* 7919 &+ 3)
        let world = random.world()
        let request = random.request(world)
        let misses = 1 + seed % 3
        let explanation = Explanation(of: request, in: world.index, misses: misses)
        #expect(explanation.isComplete)
        let fitting = world.trees.count { !ReferenceSearch(world: world).candidates(request, of: $0).isEmpty }
        #expect(explanation.fitting == fitting, "seed \(seed)")
        guard explanation.fitting == 0 else {
            #expect(explanation.nearest.isEmpty && explanation.relaxations.isEmpty)
            return
        }
        let reference = ReferenceDistance(world: world, request: request)
        let least = reference.smallestSets.compactMap(\.first?.count).min() ?? .max
        let sets = Set(reference.smallestSets.joined().filter { $0.count == least }.map { Set($0) })
        #expect(Set(explanation.relaxations.map { Set($0.dropped) }) == sets, "seed \(seed)")
        let expected = reference.nearest(misses)
        #expect(explanation.nearest.map { world.index.id($0.root) } == expected.map(\.root), "seed \(seed)")
        #expect(explanation.nearest.map(\.dropped) == expected.map(\.dropped), "seed \(seed)")
        #expect(explanation.nearest.map { $0.shortages.map(\.free) } == expected.map(\.best), "seed \(seed)")
    }
}
