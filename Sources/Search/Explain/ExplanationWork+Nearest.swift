import Model

/// Which trees are nearest to serving; see `Explanation` for what that means.
extension ExplanationWork {
    /// A tree with one of its smallest sets.
    private struct Miss {
        let slot: Int
        let set: [Int]
        let id: ResourceProviderID
        /// The weight; a bound below it until it was worked out.
        var weight: Double
        var best: [Int: Int] = [:]

        func isNearer(than other: Miss) -> Bool {
            if set.count != other.set.count { return set.count < other.set.count }
            if weight != other.weight { return weight < other.weight }
            if id != other.id { return id < other.id }
            return set.lexicographicallyPrecedes(other.set)
        }
    }

    /// Trees by their bounds first, which cost little; what they weigh is worked out until no bound could come before.
    mutating func nearest() -> [Explanation.NearMiss] {
        var bounds: [Miss] = []
        for (slot, sets) in sets {
            guard let id = index.trees[slot]?.root else { continue }
            for set in sets {
                guard use(4 * set.count) else { break }
                let weight = set.reduce(0.0) { $0 + leastWeight($1, slot) }
                bounds.append(Miss(slot: slot, set: set, id: id, weight: weight))
            }
        }
        bounds.sort { $0.isNearer(than: $1) }
        var exact: [Int: Miss] = [:]
        for bound in bounds {
            if exact.count >= misses {
                let last = exact.values.sorted { $0.isNearer(than: $1) }[misses - 1]
                if last.isNearer(than: bound) { break }
            }
            let miss = weighed(bound)
            if allowance.isOver { break }
            if exact[bound.slot].map({ miss.isNearer(than: $0) }) ?? true { exact[bound.slot] = miss }
        }
        return exact.values.sorted { $0.isNearer(than: $1) }.prefix(misses).map(described)
    }

    private func described(_ miss: Miss) -> Explanation.NearMiss {
        let shortages = miss.set.compactMap { place -> Explanation.Shortage? in
            guard let (_, name, asked) = amount(place) else { return nil }
            return Explanation.Shortage(resourceClass: name, asked: asked, free: miss.best[place] ?? 0)
        }
        let shared = sharing(with: miss.slot).map { ProviderReference(slot: $0.slot, position: $0.position) }
        return Explanation.NearMiss(
            root: ProviderReference(slot: miss.slot, position: 0), dropped: miss.set.map { constraints[$0] },
            shortages: shortages, weight: miss.weight, shared: shared)
    }

    private mutating func weighed(_ bound: Miss) -> Miss {
        var miss = bound
        miss.weight = 0
        for place in bound.set {
            guard let (_, _, asked) = amount(place), let ceiling = mostGranted(place, bound.slot) else {
                miss.weight += leastWeight(place, bound.slot)
                continue
            }
            let best = ceiling > 0 ? best(place, bound.set, bound.slot) : 0
            miss.best[place] = best
            miss.weight += Double(asked - best) / Double(asked)
        }
        return miss
    }

    /// What the part weighs at least.
    private func leastWeight(_ place: Int, _ slot: Int) -> Double {
        guard let (_, _, asked) = amount(place) else { return 1 }
        guard let most = mostGranted(place, slot) else { return 2 }
        return Double(asked - min(most, asked - 1)) / Double(asked)
    }

    /// The group, class and amount of a part that is one.
    private func amount(_ place: Int) -> (group: Int, ResourceClass, asked: Int)? {
        guard case .resource(let suffix, let name) = constraints[place],
            let group = request.groups.firstIndex(where: { $0.suffix == suffix }),
            let asked = request.groups[group].resources[name], asked > 0
        else { return nil }
        return (group, name, asked)
    }

    /// A bound above what the tree could grant of the part's class, below what is asked.
    func ceiling(_ place: Int, _ slot: Int) -> Int {
        guard let (_, _, asked) = amount(place) else { return 0 }
        return min(asked - 1, mostGranted(place, slot) ?? 0)
    }

    /// The most that one provider in reach of the tree could grant of the part's class; nil where none has it.
    private func mostGranted(_ place: Int, _ slot: Int) -> Int? {
        guard let (_, name, _) = amount(place), let number = index.classes.number(of: name),
            let tree = index.trees[slot]
        else { return nil }
        var most: Int?
        func look(_ stock: TreeTables.Stock) {
            guard stock.resourceClass == number else { return }
            most = max(most ?? 0, max(0, min(stock.free, stock.inventory.maxUnit)))
        }
        for stock in tree.stocks { look(stock) }
        for reference in sharing(with: slot) {
            guard let other = index.trees[reference.slot] else { continue }
            for stock in other.nodes[reference.position].stocks { look(other.stocks[stock]) }
        }
        return most
    }

    private func sharing(with slot: Int) -> [ProviderReference] {
        guard let tree = index.trees[slot] else { return [] }
        return index.sharing.filter { reference in
            guard reference.slot != slot, let other = index.trees[reference.slot] else { return false }
            return other.nodes[reference.position].aggregates.contains {
                tree.aggregates.contains(other.aggregates[$0])
            }
        }
    }

    /// The largest amount below what is asked that fits there when the rest of the set is given up; 0 where none does.
    mutating func best(_ place: Int, _ set: [Int], _ slot: Int) -> Int {
        guard let (group, name, asked) = amount(place), let tree = index.trees[slot],
            let number = index.classes.number(of: name)
        else { return 0 }
        var rest = request.without(Set(set.filter { $0 != place }.map { constraints[$0] }))
        let suffix = request.groups[group].suffix
        guard let kept = rest.groups.firstIndex(where: { $0.suffix == suffix }) else { return 0 }
        /// A walk that has only this provider for the part, and the amount there.
        func walk(_ amount: Int, at provider: Int) -> TreeWalk? {
            rest.groups[kept].resources[name] = amount
            guard let plan = Plan(rest, index),
                let want = plan.wants.firstIndex(where: { $0.suffix == suffix && $0.amount(of: number) > 0 })
            else { return nil }
            var walk = TreeWalk(plan, index, bound: 0)
            walk.restriction = (want, provider)
            return walk
        }
        guard var first = walk(asked, at: 0) else { return 0 }
        first.collectPlaces(tree, slot)
        var best = 0
        for provider in first.places.indices {
            guard let inventory = first.stock(at: provider, of: name)?.inventory,
                let most = first.stock(at: provider, of: name)?.free
            else { continue }
            // At one provider less fits where more does, in whole steps.
            let step = min(max(1, inventory.stepSize), Inventory.limit)
            let least = min(max(1, inventory.minUnit, best + 1), Inventory.limit)
            var low = (least + step - 1) / step - 1
            var high = max(0, min(asked - 1, most, inventory.maxUnit)) / step
            // The most is tried first: often it fits.
            var middle = high
            while low < high {
                guard use(planCost), var attempt = walk(middle * step, at: provider) else { return best }
                let isServed = serves(tree, slot, &attempt)
                guard use(attempt.steps) else { return best }
                if isServed {
                    low = middle
                    best = max(best, middle * step)
                } else {
                    high = middle - 1
                }
                middle = low + (high - low + 1) / 2
            }
        }
        return best
    }
}

extension TreeWalk {
    /// What each provider of the place has of a class.
    func stock(at place: Int, of name: ResourceClass) -> TreeTables.Stock? {
        guard let number = index.classes.number(of: name) else { return nil }
        return trees[places[place].tree].stock(of: position(place, 0), number)
    }
}
