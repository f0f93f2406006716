public import Model

/// Every provider tree of the cloud, ready to be searched.
///
/// Trees have slots; flat columns over the slots (which trees have a trait anywhere, the most that is free of a class
/// on one provider of a tree) let a search pass over trees that cannot serve without touching them. A value: copying it
/// takes a snapshot.
public struct PlacementIndex: Sendable {
    private(set) var trees: [IndexedTree?] = []
    private var vacant: [Int] = []
    private var slots: [ResourceProviderID: Int] = [:]
    var classes = SymbolTable<ResourceClass>()
    var traits = SymbolTable<Trait>()
    var aggregates = SymbolTable<AggregateID>()
    /// Bit per slot that holds a tree.
    private(set) var occupied: [UInt64] = []
    /// By trait, a bit per slot whose tree has it on some provider.
    private(set) var treesWithTrait: [[UInt64]] = []
    /// By class and slot, the most that is free on one provider; -1 where the tree has none of the class.
    private(set) var mostFree: [[Int]] = []
    /// Providers that serve other trees by a shared aggregate.
    private(set) var sharing: [ProviderReference] = []

    public init() {}

    public var providerCount: Int { slots.count }
    public var treeCount: Int { trees.count - vacant.count }

    /// Where a provider stands; nil when the index does not know it.
    public func reference(of id: ResourceProviderID) -> ProviderReference? {
        guard let slot = slots[id], let position = trees[slot]?.position(of: id) else { return nil }
        return ProviderReference(slot: slot, position: position)
    }

    /// The root of the tree that holds `id`.
    public func root(of id: ResourceProviderID) -> ResourceProviderID? {
        slots[id].flatMap { trees[$0]?.root }
    }

    public func revision(of id: ResourceProviderID) -> Int64? {
        guard let slot = slots[id], let tree = trees[slot], let position = tree.position(of: id) else { return nil }
        return tree.nodes[position].revision
    }

    /// Puts a tree in place of what was there below the same root. Without the root among `providers` the tree is gone.
    ///
    /// Answers false, and changes nothing, where what the index has of one of these providers is newer.
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

    /// Forgets a whole tree.
    public mutating func remove(root: ResourceProviderID) {
        guard let slot = slots[root], let tree = trees[slot], tree.root == root else { return }
        for node in tree.nodes { slots[node.id] = nil }
        clear(slot)
    }

    /// Sets what is used of a provider after a claim or a release, without reading the database.
    ///
    /// Answers false, and changes nothing, unless the index has exactly the state before: the provider must be read anew.
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

/// A provider's place in one state of the index. Meaningless in another.
public struct ProviderReference: Hashable, Sendable {
    let slot: Int
    let position: Int
}
