/// A part of the request that exactly one provider serves: a group with a suffix, or one class of the group without.
/// All symbols are numbers of the index.
struct Want: Sendable {
    struct Amount: Sendable, Hashable {
        let resourceClass: Int
        let amount: Int
    }

    let suffix: String
    let isSuffixed: Bool
    let amounts: [Amount]
    /// For each term, one of its bits must be set. Empty for the group without a suffix, whose terms apply to all its
    /// providers together.
    let required: [[TraitBit]]
    let forbidden: [TraitBit]
    let memberOf: [[Int]]
    let notMemberOf: [Int]
    /// The slot of the tree that must serve it.
    let tree: Int?
    /// Equal for wants with equal requirements.
    var kind: Int

    /// A class that the provider must have.
    var firstClass: Int? { amounts.first?.resourceClass }

    /// How much of the class it takes.
    func amount(of resourceClass: Int) -> Int { amounts.first { $0.resourceClass == resourceClass }?.amount ?? 0 }

    func asksForTheSame(as other: Want) -> Bool {
        isSuffixed && other.isSuffixed && amounts == other.amounts && required == other.required
            && forbidden == other.forbidden && memberOf == other.memberOf && notMemberOf == other.notMemberOf
            && tree == other.tree
    }

    /// Whether the provider can serve by itself, regardless of its tree and neighbours.
    func isServed(by position: Int, of tree: TreeTables) -> Bool {
        for amount in amounts {
            guard let stock = tree.stock(of: position, amount.resourceClass), stock.fits(amount.amount) else {
                return false
            }
        }
        for bit in forbidden where tree.has(bit, position) { return false }
        for term in required where !term.contains(where: { tree.has($0, position) }) { return false }
        return true
    }

    /// Whether the tree and the aggregates of the provider do not matter.
    var isContent: Bool { tree == nil && memberOf.isEmpty && notMemberOf.isEmpty }

    /// Whether the provider is in at least one aggregate of each set.
    private func isMember(_ position: Int, of tree: TreeTables) -> Bool {
        memberOf.allSatisfy { tree.isIn(anyOf: $0, position) }
    }

    /// Whether a provider that can serve by itself may do so in a candidate of the tree `anchor`.
    func admits(_ position: Int, of tree: TreeTables, slot: Int, anchor: TreeTables, anchorSlot: Int) -> Bool {
        if let wanted = self.tree, wanted != slot || (!isSuffixed && anchorSlot != wanted) { return false }
        if isSuffixed {
            guard isMember(position, of: tree) else { return false }
            return notMemberOf.isEmpty || !tree.isIn(anyOf: notMemberOf, position)
        }
        guard memberOf.isEmpty || isMember(position, of: tree) || (slot == anchorSlot && isMember(0, of: anchor)) else {
            return false
        }
        return notMemberOf.isEmpty
            || !(tree.isIn(anyOf: notMemberOf, position) || anchor.isIn(anyOf: notMemberOf, 0))
    }
}
