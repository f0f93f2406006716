public import Model

extension PlacementIndex {
    /// The provider's description.
    public func describe(_ reference: ProviderReference) -> ProviderDescription {
        guard let tree = trees[reference.slot] else { preconditionFailure("a reference into another index") }
        let node = tree.nodes[reference.position]
        return ProviderDescription(
            node.id, parent: node.parent < 0 ? nil : tree.nodes[node.parent].id, revision: node.revision,
            stocks: node.stocks.map { index in
                let stock = tree.stocks[index]
                return .init(classes.symbols[stock.resourceClass], stock.inventory, used: stock.used)
            },
            traits: tree.traits(of: reference.position).map { traits.symbols[$0] },
            aggregates: node.aggregates.map { aggregates.symbols[tree.aggregates[$0]] })
    }

    /// The text about the complete tree of a provider in responses. `make` is called once for each state of the tree.
    public func text(ofTree reference: ProviderReference, _ make: () -> [UInt8]) -> [UInt8] {
        trees[reference.slot]?.text(make) ?? []
    }

    /// A provider's inventory of a class; nil if it has none, or if the provider is unknown.
    public func stock(of id: ResourceProviderID, _ name: ResourceClass) -> ProviderDescription.Stock? {
        guard let number = classes.number(of: name), let reference = reference(of: id) else { return nil }
        return trees[reference.slot]?.tables.stock(of: reference.position, number).map { stock in
            ProviderDescription.Stock(name, stock.inventory, used: stock.used)
        }
    }

    /// Whether some provider of the index has, or had, the class or trait.
    public func hasSeen(_ name: ResourceClass) -> Bool { classes.number(of: name) != nil }
    public func hasSeen(_ name: Trait) -> Bool { traits.number(of: name) != nil }

    public func id(_ reference: ProviderReference) -> ResourceProviderID { node(reference).id }

    /// Calls `body` with the provider's id in the form of responses: 36 characters, valid during the call.
    ///
    /// Safe: the bytes belong to a tree of this index, and are lent for the call only.
    public func withIDText(_ reference: ProviderReference, _ body: (UnsafeRawBufferPointer) -> Void) {
        unsafe trees[reference.slot]?.withIDText(reference.position, body)
    }

    /// Calls `body` with the parent's id. Returns false if there is no parent.
    ///
    /// Safe: the bytes belong to a tree of this index, and are lent for the call only.
    public func withParentText(_ reference: ProviderReference, _ body: (UnsafeRawBufferPointer) -> Void) -> Bool {
        let parent = node(reference).parent
        guard parent >= 0 else { return false }
        unsafe trees[reference.slot]?.withIDText(parent, body)
        return true
    }

    /// Calls `body` with the id of the tree's root.
    ///
    /// Safe: the bytes belong to a tree of this index, and are lent for the call only.
    public func withRootText(_ reference: ProviderReference, _ body: (UnsafeRawBufferPointer) -> Void) {
        unsafe trees[reference.slot]?.withIDText(0, body)
    }

    /// Every provider of the same tree, parents before children.
    public func tree(of reference: ProviderReference) -> [ProviderReference] {
        (trees[reference.slot]?.nodes.indices).map { positions in
            positions.map { ProviderReference(slot: reference.slot, position: $0) }
        } ?? []
    }

    /// A number for the tree; equal for providers of the same one.
    public func treeNumber(_ reference: ProviderReference) -> Int { reference.slot }

    /// Calls `body` for each inventory, in the order of the classes' names.
    public func forEachStock(
        _ reference: ProviderReference, _ body: (_ resourceClass: ResourceClass, _ capacity: Int, _ used: Int) -> Void
    ) {
        guard let tree = trees[reference.slot] else { return }
        let stocks = tree.nodes[reference.position].stocks.map { tree.stocks[$0] }
        for stock in stocks.sorted(by: { classes.symbols[$0.resourceClass] < classes.symbols[$1.resourceClass] }) {
            body(classes.symbols[stock.resourceClass], stock.capacity, stock.used)
        }
    }

    /// Calls `body` for each trait: the standard ones first, then the custom ones, both in the order of their names.
    public func forEachTrait(_ reference: ProviderReference, _ body: (Trait) -> Void) {
        guard let tree = trees[reference.slot] else { return }
        let own = tree.traits(of: reference.position).map { traits.symbols[$0] }
        for trait in own.sorted(by: { $0.isCustom == $1.isCustom ? $0 < $1 : $1.isCustom }) { body(trait) }
    }

    /// The roots of all trees, in no particular order.
    public var roots: [ProviderReference] {
        trees.indices.compactMap { trees[$0] == nil ? nil : ProviderReference(slot: $0, position: 0) }
    }

    private func node(_ reference: ProviderReference) -> IndexedTree.Node {
        guard let tree = trees[reference.slot] else { preconditionFailure("a reference into another index") }
        return tree.nodes[reference.position]
    }
}
