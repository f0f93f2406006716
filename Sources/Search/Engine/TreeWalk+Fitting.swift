import Model

/// Whether a want may have a slot, beside those that are assigned.
extension TreeWalk {
    func fits(_ want: Int, _ choice: Choice) -> Bool {
        if !choice.opensSlot {
            if isApart(want), isHeldApart(choice.place, choice.slot) { return false }
            if !sumsFit(want, choice.place, choice.slot) { return false }
        }
        if !plan.isNested, !isOnlyOneOfTree(choice.place, choice.slot) { return false }
        if want < plan.unsuffixedCount, plainLeft == 1, !plan.unionRequired.isEmpty, !unionSatisfies() { return false }
        for rule in demands.demands[want].rules {
            let number = demands.rulesOfWants[rule]
            if rulesLeft[number] == 1, !holds(demands.rules[number].members) { return false }
        }
        return true
    }

    /// Whether the want needs a provider that no other such want has.
    func isApart(_ want: Int) -> Bool { plan.isIsolated && want >= plan.unsuffixedCount }

    func isHeldApart(_ place: Int, _ slot: Int) -> Bool {
        var other = latest[places[place].firstSlot + slot]
        while other >= 0 {
            if other >= plan.unsuffixedCount { return true }
            other = choices[other].before
        }
        return false
    }

    /// Before 1.29 a candidate has one provider of a tree.
    func isOnlyOneOfTree(_ place: Int, _ slot: Int) -> Bool {
        for other in sequence[..<depth] {
            let taken = choices[other]
            if places[taken.place].slot == places[place].slot, taken.place != place || taken.slot != slot {
                return false
            }
        }
        return true
    }

    /// Whether what all wants take of one provider together still fits. Smallest unit and step bind each one alone.
    func sumsFit(_ want: Int, _ place: Int, _ slot: Int) -> Bool {
        for index in demands.demands[want].amounts {
            let amount = demands.amounts[index]
            let taken = taken(of: amount.resourceClass, place, slot)
            if taken == 0 { continue }
            let tree = trees[places[place].tree]
            guard let stock = tree.stock(of: position(place, slot), amount.resourceClass),
                taken + amount.amount <= stock.free, taken + amount.amount <= stock.inventory.maxUnit
            else { return false }
        }
        return true
    }

    /// What the assigned wants take of a class there.
    func taken(of resourceClass: Int, _ place: Int, _ slot: Int) -> Int {
        var sum = 0
        var other = latest[places[place].firstSlot + slot]
        while other >= 0 {
            for index in demands.demands[other].amounts where demands.amounts[index].resourceClass == resourceClass {
                sum += demands.amounts[index].amount
            }
            other = choices[other].before
        }
        return sum
    }

    private func unionSatisfies() -> Bool {
        plan.unionRequired.allSatisfy { term in
            (0..<plan.unsuffixedCount).contains { has(term, choices[$0].place) }
        }
    }

    /// Whether the providers of a place have one of the traits.
    func has(_ term: [TraitBit], _ place: Int) -> Bool {
        let tree = trees[places[place].tree]
        let position = position(place, 0)
        return term.contains { tree.has($0, position) }
    }

    /// Whether one of the rule's providers lies above, or is, all of them.
    private func holds(_ members: Range<Int>) -> Bool {
        for top in members {
            let above = choices[demands.ruleMembers[top]]
            let ancestor = position(above.place, above.slot)
            let home = places[above.place]
            let end = trees[home.tree].nodes[ancestor].end
            var isAbove = true
            for below in members {
                let choice = choices[demands.ruleMembers[below]]
                let position = position(choice.place, choice.slot)
                if places[choice.place].slot != home.slot || position < ancestor || position >= end {
                    isAbove = false
                    break
                }
            }
            if isAbove { return true }
        }
        return false
    }
}
