import Model
import Search
import Testing

@Suite struct SearchTests {
    @Test(arguments: SearchCase.all)
    func `cases`(_ row: SearchCase) {
        let world = row.world()
        let found = Answers(row.request, world.index)
        #expect(found.list.count == row.expected)
        let expected = ReferenceSearch(world: world).candidates(row.request)
        #expect(Set(found.list).isSubset(of: expected))
        if row.request.folding == .none { #expect(Set(found.list) == expected) }
    }

    /// One host with `count` equal accelerators.
    func devices(_ count: Int, hosts: Int = 1) -> PlacementIndex {
        var world = World()
        for host in 0..<hosts {
            world.add("host\(host)", ["VCPU": 8])
            for device in 0..<count { world.add("host\(host)-\(device)", below: "host\(host)", ["FPGA": 1]) }
        }
        return world.index
    }

    func groups(_ count: Int) -> [RequestGroup] { (0..<count).map { RequestGroup("_\($0)", [.fpga: 1]) } }

    @Test(arguments: [8, 16, 64])
    func `n equal groups over n equal devices cost steps by the square, not the power`(count: Int) {
        let set = CandidateSearch(CandidateRequest(groups: groups(count), policy: .isolate)).run(in: devices(count))
        #expect(set.count == 1)
        #expect(set.ending == .complete)
        #expect(set.steps < 8 * count * count)
    }

    @Test func `one device too few is seen at once`() {
        let set = CandidateSearch(CandidateRequest(groups: groups(17), policy: .isolate, folding: .none))
            .run(in: devices(16))
        #expect(set.count == 0)
        #expect(set.ending == .complete)
        #expect(set.steps < 1000)
    }

    @Test func `different groups over equal devices are listed one by one up to the limit`() {
        var different = groups(8)
        for index in different.indices { different[index].forbidden = [Trait(unchecked: "CUSTOM_\(index)")] }
        // Each group differs by a trait that nobody has but one device elsewhere.
        var world = World()
        world.add("other", ["VCPU": 1], traits: (0..<8).map { "CUSTOM_\($0)" })
        world.add("host", ["VCPU": 8])
        for device in 0..<8 { world.add("host-\(device)", below: "host", ["FPGA": 1]) }
        var request = CandidateRequest(groups: different, policy: .isolate, limit: 100)
        let some = CandidateSearch(request).run(in: world.index)
        #expect(some.count == 100)
        #expect(some.ending == .limitReached)
        #expect(some.steps < 6000)
        request.limit = nil
        let all = CandidateSearch(request).run(in: world.index)
        #expect(all.count == 40_320)
        request.folding = .equalDevices
        #expect(CandidateSearch(request).run(in: world.index).count == 1)
    }

    @Test func `an answer that explodes ends with the budget`() {
        var different = groups(16)
        for index in different.indices { different[index].forbidden = [Trait(unchecked: "CUSTOM_\(index)")] }
        var world = World()
        world.add("other", ["VCPU": 1], traits: (0..<16).map { "CUSTOM_\($0)" })
        world.add("host", ["VCPU": 8])
        for device in 0..<16 { world.add("host-\(device)", below: "host", ["FPGA": 1]) }
        // There are 16! ways.
        let some = CandidateSearch(CandidateRequest(groups: different, policy: .isolate, budget: 100_000))
            .run(in: world.index)
        #expect(some.ending == .budgetExhausted)
        #expect(some.count > 0)
        #expect(some.steps < 110_000)
    }

    @Test func `hosts come before depth`() {
        let request = CandidateRequest(groups: groups(1), limit: 5)
        let index = devices(4, hosts: 5)
        let set = CandidateSearch(request).run(in: index)
        let hosts = Set((0..<set.count).map { index.root(of: index.id(set.mappings(of: $0)[0].providers[0])) })
        #expect(hosts.count == 5)
        var more = request
        more.limit = 12
        let deeper = CandidateSearch(more).run(in: index)
        let first = (0..<deeper.count).prefix(10).map {
            index.root(of: index.id(deeper.mappings(of: $0)[0].providers[0]))
        }
        #expect(Set(first[..<5]).count == 5)
        #expect(Set(first[5...]).count == 5)
    }

    @Test func `the columns spare trees that cannot serve`() {
        var world = World()
        for host in 0..<200 {
            world.add(
                "host\(host)", ["VCPU": 8], used: ["VCPU": host % 2 == 0 ? 8 : 0],
                traits: host == 77 ? ["CUSTOM_RARE"] : [])
        }
        let index = world.index
        let free = CandidateSearch(CandidateRequest(groups: [RequestGroup("", [.vcpu: 1])])).run(in: index)
        #expect(free.count == 100)
        #expect(free.visitedTrees == 100)
        let rare = CandidateSearch(
            CandidateRequest(groups: [RequestGroup("", [.vcpu: 1], required: [[Trait(unchecked: "CUSTOM_RARE")]])])
        ).run(in: index)
        #expect(rare.count == 1)
        #expect(rare.visitedTrees == 1)
    }

    @Test func `a budget ends the search and says so`() {
        let set = CandidateSearch(CandidateRequest(groups: groups(2), policy: .isolate, folding: .none, budget: 40))
            .run(in: devices(4, hosts: 50))
        #expect(set.ending == .budgetExhausted)
        #expect(set.steps < 80)
    }

    func patch(
        _ index: inout PlacementIndex, _ id: ResourceProviderID, from before: Int64, to after: Int64,
        _ used: [(ResourceClass, Int)]
    ) -> Bool {
        index.setUsed(id, from: before, to: after, used)
    }

    @Test func `use is patched only on the state it was computed from`() {
        var world = World()
        world.add("host", ["VCPU": 4])
        var index = world.index
        let host: ResourceProviderID = World.id("host")
        let request = CandidateRequest(groups: [RequestGroup("", [.vcpu: 2])])
        #expect(patch(&index, host, from: 1, to: 2, [(.vcpu, 3)]))
        #expect(CandidateSearch(request).run(in: index).count == 0)
        #expect(patch(&index, host, from: 1, to: 2, [(.vcpu, 0)]), "an old patch is passed over")
        #expect(CandidateSearch(request).run(in: index).count == 0)
        #expect(!patch(&index, host, from: 4, to: 5, [(.vcpu, 0)]), "a gap needs reading anew")
        let snapshot = index
        #expect(patch(&index, host, from: 2, to: 3, [(.vcpu, 0)]))
        #expect(CandidateSearch(request).run(in: index).count == 1)
        #expect(CandidateSearch(request).run(in: snapshot).count == 0)
        let isInstalled = index.install(root: host, [ProviderDescription(host, revision: 2)])
        #expect(!isInstalled, "what is older is refused")
        #expect(index.providerCount == 1)
    }
}
