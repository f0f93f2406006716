/// Yields, in order, the slots of trees that the columns cannot exclude.
///
/// A want that some sharing provider could serve excludes nothing, because any tree may reach that provider.
struct TreeFilter {
    private let index: PlacementIndex
    private var words: [UInt64]
    /// Minimum amounts of a class that must be free on one provider.
    private var floors: [(resourceClass: Int, amount: Int)] = []
    private var word = 0
    private var bits: UInt64 = 0

    init(_ plan: Plan, _ index: PlacementIndex) {
        self.index = index
        words = index.occupied
        var plainMayBeShared = false
        for bit in plan.rootRequired { keep([bit]) }
        for want in plan.wants {
            let mayBeShared =
                (want.isSuffixed || want.tree == nil)
                && index.sharing.contains { reference in
                    index.trees[reference.slot].map { want.isServed(by: reference.position, of: $0.tables) } ?? false
                }
            if mayBeShared {
                plainMayBeShared = plainMayBeShared || !want.isSuffixed
                continue
            }
            for amount in want.amounts { floors.append((amount.resourceClass, amount.amount)) }
            for term in want.required { keep(term) }
            if let tree = want.tree { keep(only: tree) }
        }
        if !plainMayBeShared, plan.unsuffixedCount > 0 {
            for term in plan.unionRequired { keep(term) }
        }
        bits = words.first ?? 0
        if !words.isEmpty { applyFloors() }
    }

    mutating func next() -> Int? {
        while bits == 0 {
            word += 1
            guard word < words.count else { return nil }
            bits = words[word]
            if bits != 0 { applyFloors() }
        }
        let slot = word * 64 + bits.trailingZeroBitCount
        bits &= bits &- 1
        return slot
    }

    /// Keeps trees that have one of the traits on some provider.
    private mutating func keep(_ term: [TraitBit]) {
        let columns = term.map { index.treesWithTrait[$0.word * 64 + $0.mask.trailingZeroBitCount] }
        for word in words.indices {
            var any: UInt64 = 0
            for column in columns where word < column.count { any |= column[word] }
            words[word] &= any
        }
    }

    private mutating func keep(only slot: Int) {
        for word in words.indices { words[word] &= word == slot / 64 ? 1 << UInt64(slot % 64) : 0 }
    }

    private mutating func applyFloors() {
        for floor in floors {
            let column = index.mostFree[floor.resourceClass]
            var rest = bits
            while rest != 0 {
                let bit = rest & (~rest &+ 1)
                let slot = word * 64 + rest.trailingZeroBitCount
                if slot >= column.count || column[slot] < floor.amount { bits &= ~bit }
                rest &= rest &- 1
            }
        }
    }
}
