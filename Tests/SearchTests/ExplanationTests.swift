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
        #expect(explanation.nearest.count == 1)
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

    /// Relaxations are sufficient and minimal, by the slow reference.
    @Test(arguments: 0..<60) func agreesWithBruteForce(_ seed: Int) {
        var random = Randomized(seed: UInt64(seed) &* 7919 &+ 3)
        let world = random.world()
        let request = random.request(world)
        let explanation = Explanation(of: request, in: world.index)
        func fits(_ dropped: Set<RequestConstraint>) -> Bool {
            let relaxed = request.without(dropped)
            return relaxed.groups.isEmpty || !ReferenceSearch(world: world).candidates(relaxed).isEmpty
        }
        #expect((explanation.fitting > 0) == fits([]))
        guard explanation.fitting == 0 else { return }
        let constraints = request.constraints
        var least: Set<Set<RequestConstraint>> = []
        var sets: [[Int]] = [[]]
        for _ in 0..<min(2, Explanation.largestRelaxation) where least.isEmpty {
            sets = sets.flatMap { set in
                constraints.indices.filter { $0 > (set.last ?? -1) }.map { set + [$0] }
            }
            least = Set(sets.map { set in Set(set.map { constraints[$0] }) }.filter(fits))
        }
        let found = Set(explanation.relaxations.map { Set($0.dropped) })
        if least.isEmpty {
            #expect(found.allSatisfy { $0.count > 2 && fits($0) })
        } else {
            #expect(found == least)
        }
    }
}
