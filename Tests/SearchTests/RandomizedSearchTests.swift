import Model
import Search
import Testing

@Suite struct RandomizedSearchTests {
    static let rounds = 60

    @Test(arguments: 0..<50)
    func `the fast search finds what the obvious one finds`(batch: Int) {
        for round in 0..<Self.rounds {
            let seed = UInt64(batch * 1000 + round)
            var source = Randomized(seed: seed)
            let world = source.world()
            var request = source.request(world)
            let expected = ReferenceSearch(world: world).candidates(request)
            let index = world.index

            request.folding = .none
            let all = Answers(request, index)
            #expect(Set(all.list) == expected, "seed \(seed)")
            #expect(all.list.count == expected.count, "seed \(seed): a candidate is listed twice")
            #expect(all.set.ending == .complete)

            request.folding = .equalGroups
            let folded = Answers(request, index)
            let canonical = Set(expected.map { request.canonical($0, world) })
            #expect(
                Set(folded.list.map { request.canonical($0, world) }) == canonical, "seed \(seed), equal groups folded")
            #expect(folded.list.count == canonical.count, "seed \(seed): a folded candidate is listed twice")
            #expect(Set(folded.list).isSubset(of: expected), "seed \(seed)")

            request.folding = .equalDevices
            let fewest = Answers(request, index)
            #expect(Set(fewest.list).isSubset(of: expected), "seed \(seed), equal devices folded")
            #expect(fewest.list.isEmpty == expected.isEmpty, "seed \(seed)")

            let limit = 1 + round % 4
            request.folding = .none
            request.limit = limit
            let some = Answers(request, index)
            #expect(some.list.count == min(limit, expected.count), "seed \(seed), limit \(limit)")
            #expect(Set(some.list).count == some.list.count && Set(some.list).isSubset(of: expected), "seed \(seed)")
        }
    }

    @Test(arguments: 0..<20)
    func `an index that was patched equals one that was built`(batch: Int) throws {
        for round in 0..<20 {
            let seed = UInt64(900_000 + batch * 100 + round)
            var source = Randomized(seed: seed)
            var index = source.world().index
            // The same names again with other contents: moved, changed, gone and new providers.
            var after = source.world()
            for tree in after.trees.indices {
                for position in after.trees[tree].indices { after.trees[tree][position].revision = 2 }
            }
            for root in index.roots.map({ index.id($0) })
            where after.provider(root)?.parent != nil || after.provider(root) == nil {
                index.remove(root: root)
            }
            for tree in after.trees {
                let isInstalled = index.install(root: tree[0].id, tree)
                #expect(isInstalled, "seed \(seed)")
            }
            let request = source.request(after)
            let patched = Answers(request, index)
            let built = Answers(request, after.index)
            #expect(Set(patched.list) == Set(built.list), "seed \(seed)")
            #expect(index.providerCount == after.trees.map(\.count).reduce(0, +))
        }
    }
}
