public import Model

/// Every provider tree of the cloud, ready for searching.
///
/// Trees have slots. Flat columns over the slots (which trees have a trait anywhere; the largest amount of a class that
/// is free on one provider of a tree) let a search skip trees that cannot serve without reading them. The index is a
/// value: a copy is a snapshot.
public struct PlacementIndex: Sendable {
    private(set) var trees: [IndexedTree?] = []
    private var vacant: [Int] = []
    private var slots: [ResourceProviderID: Int] = [:]
    var classes = SymbolTable<ResourceClass>()
    var traits = SymbolTable<Trait>()
    var aggregates = SymbolTable<AggregateID>()
    /// One bit for each slot; set if the slot holds a tree.
    private(set) var occupied: [UInt64] = []
    /// For each trait, one bit for each slot; set if some provider of the tree has the trait.
    private(set) var treesWithTrait: [[UInt64]] = []
    /// By class and slot, the largest amount that is free on one provider; -1 if the tree has none of the class.
    private(set) var mostFree: [[Int]] = []
    /// Providers that serve other trees through a shared aggregate.
    private(set) var sharing: [ProviderReference] = []

    public init() {}

    public var providerCount: Int { slots.count }
    public var treeCount: Int { trees.count - vacant.count }

    /// The position of a provider; nil if the index does not know it.
    public func reference(of id: ResourceProviderID) -> ProviderReference? {
        guard let slot = slots[id], let position = trees[slot]?.position(of: id) else { return nil }
        return ProviderReference(slot: slot, position: position)
    }

    /// The root of the tree that contains `id`.
    public func root(of id: ResourceProviderID) -> ResourceProviderID? {
        slots[id].flatMap { trees[$0]?.root }
    }

    public func revision(of id: ResourceProviderID) -> Int64? {
        guard let slot = slots[id], let tree = trees[slot], let position = tree.position(of: id) else { return nil }
        return tree.nodes[position].revision
    }

    /// Replaces the tree below `root`. If `providers` does not contain the root, the tree is removed.
    ///
    /// Returns false, and changes nothing, if the index has a newer revision of one of these providers.
    @discardableResult
    public mutating func install(root: ResourceProviderID, _ providers: [ProviderDescription]) -> Bool {
        for provider in providers {
            if let known = revision(of: provider.id), known > provider.revision { return false }
        }
        guard let tree = layOut(root, providers) else {
            remove(root: root)
            return true
        }
        let present = Set(tree.nodes.map(\.id))
        for id in present {
            // A provider that moved here leaves the tree it was in; that tree's own reload follows or has been.
            if let slot = slots[id], let old = trees[slot], old.root != root { detach(present, from: slot, old) }
        }
        let slot = slots[root] ?? claimSlot()
        if let old = trees[slot] {
            for node in old.nodes where !present.contains(node.id) { slots[node.id] = nil }
        }
        for id in present where slots[id] != slot { slots[id] = slot }
        place(tree, at: slot)
        return true
    }

    /// Removes a complete tree.
    public mutating func remove(root: ResourceProviderID) {
        guard let slot = slots[root], let tree = trees[slot], tree.root == root else { return }
        for node in tree.nodes { slots[node.id] = nil }
        clear(slot)
    }

    /// Sets the used amounts of a provider after a claim or a release, without reading the database.
    ///
    /// Returns false, and changes nothing, unless the index has exactly the state before; then the provider must be
    /// read again.
    public mutating func setUsed(
        _ id: ResourceProviderID, from before: Int64, to after: Int64, _ used: [(ResourceClass, Int)]
    ) -> Bool {
        guard let slot = slots[id], let tree = trees[slot], let position = tree.position(of: id) else { return false }
        let node = tree.nodes[position]
        if node.revision >= after { return true }
        guard node.revision == before else { return false }
        var stocks = ContiguousArray(tree.stocks)
        for (resourceClass, amount) in used {
            guard let number = classes.number(of: resourceClass),
                let index = node.stocks.first(where: { stocks[$0].resourceClass == number })
            else { return false }
            stocks[index].used = amount
        }
        var nodes = ContiguousArray(tree.nodes)
        nodes[position] = IndexedTree.Node(
            id: node.id, parent: node.parent, end: node.end, revision: after, stocks: node.stocks,
            aggregates: node.aggregates, isSharing: node.isSharing)
        let changed = tree.changed(nodes, stocks)
        trees[slot] = changed
        fillMostFree(changed, slot)
        return true
    }

    private mutating func detach(_ leaving: Set<ResourceProviderID>, from slot: Int, _ old: IndexedTree) {
        let staying = old.nodes.indices.filter { !leaving.contains(old.nodes[$0].id) }
        for node in old.nodes where leaving.contains(node.id) { slots[node.id] = nil }
        guard staying.first == 0 else {
            for position in staying { slots[old.nodes[position].id] = nil }
            clear(slot)
            return
        }
        let rest = staying.map { describe(ProviderReference(slot: slot, position: $0)) }
        if let tree = layOut(old.root, rest) { place(tree, at: slot) }
    }

    private mutating func claimSlot() -> Int {
        if let slot = vacant.popLast() { return slot }
        trees.append(nil)
        if trees.count > occupied.count * 64 { occupied.append(0) }
        return trees.count - 1
    }

    private mutating func clear(_ slot: Int) {
        unmark(slot)
        trees[slot] = nil
        occupied[slot / 64] &= ~(1 << UInt64(slot % 64))
        vacant.append(slot)
    }

    private mutating func unmark(_ slot: Int) {
        guard let old = trees[slot] else { return }
        let keep: UInt64 = ~(1 << UInt64(slot % 64))
        for position in old.nodes.indices {
            for trait in old.traits(of: position) { treesWithTrait[trait][slot / 64] &= keep }
        }
        for stock in old.stocks { mostFree[stock.resourceClass][slot] = -1 }
        if old.nodes.contains(where: \.isSharing) { sharing.removeAll { $0.slot == slot } }
    }

    private mutating func place(_ tree: IndexedTree, at slot: Int) {
        unmark(slot)
        trees[slot] = tree
        let word = slot / 64
        let bit: UInt64 = 1 << UInt64(slot % 64)
        occupied[word] |= bit
        while treesWithTrait.count < traits.count { treesWithTrait.append([]) }
        for position in tree.nodes.indices {
            for trait in tree.traits(of: position) {
                while treesWithTrait[trait].count <= word { treesWithTrait[trait].append(0) }
                treesWithTrait[trait][word] |= bit
            }
            if tree.nodes[position].isSharing { sharing.append(ProviderReference(slot: slot, position: position)) }
        }
        fillMostFree(tree, slot)
    }

    private mutating func fillMostFree(_ tree: IndexedTree, _ slot: Int) {
        while mostFree.count < classes.count { mostFree.append([]) }
        for stock in tree.stocks {
            if mostFree[stock.resourceClass].count <= slot {
                let missing = trees.count - mostFree[stock.resourceClass].count
                mostFree[stock.resourceClass].append(contentsOf: repeatElement(-1, count: missing))
            }
            mostFree[stock.resourceClass][slot] = -1
        }
        for stock in tree.stocks {
            // An over-committed provider still has the class; nothing can be claimed of it.
            let free = max(0, stock.free)
            if free > mostFree[stock.resourceClass][slot] { mostFree[stock.resourceClass][slot] = free }
        }
    }
}

/// A provider's position in one state of the index; invalid in any other state.
public struct ProviderReference: Hashable, Sendable {
    let slot: Int
    let position: Int
}
