import Model

extension PlacementIndex {
    /// Lays out a tree: parents before children, siblings by id, so that the same tree always looks the same.
    ///
    /// Providers that hang on none of the others are left out, save the root.
    mutating func layOut(_ root: ResourceProviderID, _ providers: [ProviderDescription]) -> IndexedTree? {
        var children: [ResourceProviderID: [Int]] = [:]
        var first: Int?
        for (index, provider) in providers.enumerated() {
            if provider.id == root {
                first = index
            } else if let parent = provider.parent {
                children[parent, default: []].append(index)
            }
        }
        guard let first else { return nil }
        var order: [(provider: Int, parent: Int)] = []
        var pending: [(provider: Int, parent: Int)] = [(first, -1)]
        while let next = pending.popLast() {
            let position = order.count
            order.append(next)
            guard let below = children[providers[next.provider].id] else { continue }
            for child in below.sorted(by: { providers[$0].id > providers[$1].id }) { pending.append((child, position)) }
        }
        for provider in providers {
            for trait in provider.traits { _ = traits.intern(trait) }
        }
        let width = (traits.count + 63) / 64
        var nodes: ContiguousArray<IndexedTree.Node> = []
        nodes.reserveCapacity(order.count)
        var idTexts: ContiguousArray<UInt8> = []
        idTexts.reserveCapacity(order.count * TreeTables.idLength)
        var stocks: ContiguousArray<IndexedTree.Stock> = []
        var groups: ContiguousArray<Int> = []
        var words = ContiguousArray<UInt64>(repeating: 0, count: order.count * width)
        for (position, entry) in order.enumerated() {
            let provider = providers[entry.provider]
            let firstStock = stocks.count
            var own = provider.stocks.map { stock in
                IndexedTree.Stock(
                    resourceClass: classes.intern(stock.resourceClass), inventory: stock.inventory,
                    capacity: stock.inventory.capacity, used: stock.used)
            }
            own.sort { $0.resourceClass < $1.resourceClass }
            stocks.append(contentsOf: own)
            let firstGroup = groups.count
            groups.append(contentsOf: provider.aggregates.map { aggregates.intern($0) }.sorted())
            for trait in provider.traits {
                let bit = TraitBit(traits.intern(trait))
                words[position * width + bit.word] |= bit.mask
            }
            idTexts.append(contentsOf: provider.id.description.utf8)
            nodes.append(
                IndexedTree.Node(
                    id: provider.id, parent: entry.parent, end: position + 1,
                    revision: provider.revision, stocks: firstStock..<stocks.count,
                    aggregates: firstGroup..<groups.count,
                    isSharing: provider.traits.contains(.sharesViaAggregate)))
        }
        for position in nodes.indices.reversed() where nodes[position].parent >= 0 {
            let parent = nodes[position].parent
            nodes[parent].end = max(nodes[parent].end, nodes[position].end)
        }
        return IndexedTree(
            nodes: nodes, idTexts: idTexts, stocks: stocks, aggregates: groups, traitWidth: width, traitWords: words)
    }
}
