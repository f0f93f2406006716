extension CandidateSearch {
    /// The roots of the trees that have a candidate at all, in the index's order. At most `most` of them.
    public func anchors(in index: PlacementIndex, most: Int = .max) -> [ProviderReference] {
        // Asking for nothing, every tree will do.
        guard !request.groups.isEmpty else { return Array(index.roots.prefix(most)) }
        guard let plan = Plan(request, index), !plan.wants.isEmpty else { return [] }
        var filter = TreeFilter(plan, index)
        var walk = TreeWalk(plan, index, bound: request.budget)
        var found: [ProviderReference] = []
        var steps = 0
        while found.count < most, let slot = filter.next() {
            guard let tree = index.trees[slot] else { continue }
            if walk.begin(tree, slot: slot, steps: steps, bound: request.budget), walk.next() {
                found.append(ProviderReference(slot: slot, position: 0))
            }
            steps = walk.steps
            if walk.isExhausted || steps > request.budget { break }
        }
        return found
    }
}
