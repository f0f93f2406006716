/// Which providers could serve which want, everything else left out.
extension TreeWalk {
    mutating func collectPlaces(_ tree: IndexedTree, _ slot: Int) {
        held.removeAll(keepingCapacity: true)
        trees.removeAll(keepingCapacity: true)
        held.append(tree)
        trees.append(tree.tables)
        let tree = tree.tables
        places.removeAll(keepingCapacity: true)
        for twin in 0..<tree.twinCount {
            let first = tree.twinStarts[twin]
            let count = tree.twinStarts[twin + 1] - first
            places.append(
                Place(
                    slot: slot, tree: 0, first: count == 1 ? tree.twinMembers[first] : first, count: count,
                    firstSlot: first))
        }
        for reference in index.sharing where reference.slot != slot {
            guard let other = index.trees[reference.slot] else { continue }
            let shared = other.tables
            let groups = shared.nodes[reference.position].aggregates
            if groups.contains(where: { tree.aggregates.contains(shared.aggregates[$0]) }) {
                let free = places.last.map { $0.firstSlot + $0.count } ?? 0
                places.append(
                    Place(
                        slot: reference.slot, tree: trees.count, first: reference.position, count: 1, firstSlot: free))
                held.append(other)
                trees.append(shared)
            }
        }
    }

    /// Finds the places that serve `want`. Of the anchor only providers that have its first class are looked at.
    mutating func collectOptions(_ want: Int, _ tree: TreeTables, _ slot: Int) -> Bool {
        let first = options.count
        let ownPlaces = tree.twinCount
        let demand = demands.demands[want]
        let resourceClass = demand.firstClass
        if resourceClass >= 0 {
            for stock in tree.stocks.indices where tree.stocks[stock].resourceClass == resourceClass {
                let owner = tree.owners[stock]
                let place = tree.twinSets[owner]
                guard tree.twinMembers[tree.twinStarts[place]] == owner else { continue }
                steps &+= 1
                if demands.isServed(want, by: owner, of: tree),
                    demand.isContent
                        || plan.wants[want].admits(owner, of: tree, slot: slot, anchor: tree, anchorSlot: slot)
                {
                    options.append(place)
                }
            }
        } else {
            for place in 0..<ownPlaces {
                steps &+= 1
                let owner = tree.twinMembers[tree.twinStarts[place]]
                if demands.isServed(want, by: owner, of: tree),
                    demand.isContent
                        || plan.wants[want].admits(owner, of: tree, slot: slot, anchor: tree, anchorSlot: slot)
                {
                    options.append(place)
                }
            }
        }
        for place in ownPlaces..<places.count {
            steps &+= 1
            let shared = places[place]
            if demands.isServed(want, by: shared.first, of: trees[shared.tree]),
                demand.isContent
                    || plan.wants[want].admits(
                        shared.first, of: trees[shared.tree], slot: shared.slot, anchor: tree, anchorSlot: slot)
            {
                options.append(place)
            }
        }
        if let restriction, restriction.want == want {
            let isThere = options[first...].contains(restriction.place)
            options.removeSubrange(first...)
            if isThere { options.append(restriction.place) }
        }
        choices[want].first = first
        choices[want].end = options.count
        return options.count > first
    }
}
