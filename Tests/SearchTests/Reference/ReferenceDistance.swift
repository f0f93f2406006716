import Model
import Search

/// How far trees are from serving, in the words of `Explanation`: every set and every amount is tried.
struct ReferenceDistance {
    struct Miss {
        let root: ResourceProviderID
        let dropped: [RequestConstraint]
        let weight: Double
        /// Of the amounts among them, the most that fits.
        let best: [Int]
    }

    let world: World
    let request: CandidateRequest
    /// By tree, all sets of the least size without which it serves; none where that needs more than three.
    private(set) var smallestSets: [[[RequestConstraint]]] = []

    init(world: World, request: CandidateRequest) {
        self.world = world
        self.request = request
        smallestSets = world.trees.map { sets(for: $0) }
    }

    func serves(_ tree: [ProviderDescription], _ dropped: Set<RequestConstraint>) -> Bool {
        serves(tree, request.without(dropped))
    }

    private func serves(_ tree: [ProviderDescription], _ request: CandidateRequest) -> Bool {
        !ReferenceSearch(world: world).candidates(request, of: tree).isEmpty
    }

    private func sets(for tree: [ProviderDescription]) -> [[RequestConstraint]] {
        let constraints = request.constraints
        var sets: [[Int]] = [[]]
        for _ in 0..<3 {
            sets = sets.flatMap { set in constraints.indices.filter { $0 > (set.last ?? -1) }.map { set + [$0] } }
            let found = sets.map { $0.map { constraints[$0] } }.filter { serves(tree, Set($0)) }
            if !found.isEmpty { return found }
        }
        return []
    }

    func nearest(_ most: Int) -> [Miss] {
        let misses = zip(world.trees, smallestSets).compactMap { tree, sets -> Miss? in
            let sets = sets.map { miss(tree, $0) }
            // Sets come in the order of their constraints: of equal ones the first counts.
            return sets.reduce(nil as Miss?) { best, next in best.map { $0.weight <= next.weight ? $0 : next } ?? next }
        }
        return Array(
            misses.sorted {
                ($0.dropped.count, $0.weight, $0.root) < ($1.dropped.count, $1.weight, $1.root)
            }.prefix(most))
    }

    private func miss(_ tree: [ProviderDescription], _ dropped: [RequestConstraint]) -> Miss {
        var weight = 0.0
        var bests: [Int] = []
        for part in dropped {
            guard case .resource(let suffix, let name) = part,
                let group = request.groups.first(where: { $0.suffix == suffix }), let asked = group.resources[name]
            else {
                weight += 1
                continue
            }
            let isThere = world.pool(of: tree).contains { $0.stocks.contains { $0.resourceClass == name } }
            let best =
                (1..<max(1, asked)).last { amount in
                    var less = request.without(Set(dropped).subtracting([part]))
                    guard let place = less.groups.firstIndex(where: { $0.suffix == suffix }) else { return false }
                    less.groups[place].resources[name] = amount
                    return serves(tree, less)
                } ?? 0
            bests.append(best)
            weight += isThere ? Double(asked - best) / Double(asked) : 2
        }
        return Miss(
            root: tree.first { $0.parent == nil }?.id ?? tree[0].id, dropped: dropped, weight: weight, best: bests)
    }
}
