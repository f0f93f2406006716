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
    /// Each term: one of its bits must be set. Empty where there is no suffix: then the terms bind all providers together.
    let required: [[TraitBit]]
    let forbidden: [TraitBit]
    let memberOf: [[Int]]
    let notMemberOf: [Int]
    /// The slot of the tree that must serve it.
    let tree: Int?
    /// Equal for wants that ask for the same.
    var kind: Int

    func asksForTheSame(as other: Want) -> Bool {
        isSuffixed && other.isSuffixed && amounts == other.amounts && required == other.required
            && forbidden == other.forbidden && memberOf == other.memberOf && notMemberOf == other.notMemberOf
            && tree == other.tree
    }

    /// Whether the provider itself, apart from its trees and neighbours, can serve.
    func isServed(by position: Int, of tree: IndexedTree) -> Bool {
        for amount in amounts {
            guard let stock = tree.stock(of: position, amount.resourceClass), stock.fits(amount.amount) else {
                return false
            }
        }
        for bit in forbidden where tree.has(bit, position) { return false }
        for term in required where !term.contains(where: { tree.has($0, position) }) { return false }
        return true
    }

    /// As `isServed`, for a candidate that belongs to the tree `anchor`.
    func isServed(by position: Int, of tree: IndexedTree, slot: Int, anchor: IndexedTree, anchorSlot: Int) -> Bool {
        guard isServed(by: position, of: tree) else { return false }
        if let wanted = self.tree, wanted != slot || (!isSuffixed && anchorSlot != wanted) { return false }
        if isSuffixed {
            for set in memberOf where !tree.isIn(anyOf: set, position) { return false }
            return notMemberOf.isEmpty || !tree.isIn(anyOf: notMemberOf, position)
        }
        for set in memberOf where !tree.isIn(anyOf: set, position) && !anchor.isIn(anyOf: set, 0) { return false }
        return notMemberOf.isEmpty
            || !(tree.isIn(anyOf: notMemberOf, position) || anchor.isIn(anyOf: notMemberOf, 0))
    }
}
