import Model
import Search
import Store

/// Reads provider trees from the database in the form of the index.
enum IndexReader {
    struct Tree: Sendable {
        let root: ResourceProviderID
        var providers: [ProviderDescription]
    }

    /// Number of trees that are read together; they are in memory twice meanwhile, as rows and laid out.
    private static let treesTogether = 500

    /// An index of all trees.
    static func index(in transaction: any Transaction) throws -> PlacementIndex {
        var index = PlacementIndex()
        // In the database's order, which need not be this program's.
        let roots: [String] = try transaction.all("SELECT DISTINCT root FROM resource_providers ORDER BY root") { row in
            try row[0]
        }
        for start in stride(from: 0, to: roots.count, by: treesTogether) {
            let end = min(start + treesTogether, roots.count) - 1
            let trees = try trees("WHERE p.root >= \(roots[start]) AND p.root <= \(roots[end])", in: transaction)
            for tree in trees { index.install(root: tree.root, tree.providers) }
        }
        return index
    }

    /// The trees with these roots. A deleted root has no providers.
    static func trees(_ roots: Set<ResourceProviderID>, in transaction: any Transaction) throws -> [Tree] {
        var trees = try trees("WHERE p.root IN \(list: roots.sorted())", in: transaction)
        for gone in roots.subtracting(trees.map(\.root)) { trees.append(Tree(root: gone, providers: [])) }
        return trees
    }

    private static func trees(_ choice: SQL, in transaction: any Transaction) throws -> [Tree] {
        var trees: [Tree] = []
        // Where each provider's description stands.
        var places: [ResourceProviderID: (tree: Int, provider: Int)] = [:]
        try transaction.forEach(
            "SELECT p.root, p.uuid, p.parent, p.revision FROM resource_providers p \(choice) ORDER BY p.root"
        ) {
            row in
            let root: ResourceProviderID = try row[0]
            if trees.last?.root != root { trees.append(Tree(root: root, providers: [])) }
            let id: ResourceProviderID = try row[1]
            let last = trees.count - 1
            places[id] = (last, trees[last].providers.count)
            trees[last].providers.append(
                ProviderDescription(id, parent: try row[2], revision: try row[3]))
        }
        try transaction.forEach(
            """
            SELECT i.provider, i.resource_class, i.total, i.reserved, i.min_unit, i.max_unit, i.step_size,
                i.allocation_ratio, i.used
            FROM inventories i JOIN resource_providers p ON p.uuid = i.provider \(choice)
            """
        ) { row in
            guard let place = places[try row[0]] else { return }
            let inventory = Inventory(
                total: try row[2], reserved: try row[3], minUnit: try row[4], maxUnit: try row[5],
                stepSize: try row[6], allocationRatio: try row[7])
            trees[place.tree].providers[place.provider].stocks.append(
                .init(try row[1], inventory, used: try row[8]))
        }
        try transaction.forEach(
            """
            SELECT t.provider, t.trait FROM provider_traits t JOIN resource_providers p ON p.uuid = t.provider \(choice)
            """
        ) { row in
            guard let place = places[try row[0]] else { return }
            trees[place.tree].providers[place.provider].traits.append(try row[1])
        }
        try transaction.forEach(
            """
            SELECT a.provider, a.aggregate
            FROM provider_aggregates a JOIN resource_providers p ON p.uuid = a.provider \(choice)
            """
        ) { row in
            guard let place = places[try row[0]] else { return }
            trees[place.tree].providers[place.provider].aggregates.append(try row[1])
        }
        return trees
    }

    /// The roots of the present trees of these providers.
    static func roots(
        of ids: Set<ResourceProviderID>, in transaction: any Transaction
    ) throws -> Set<ResourceProviderID> {
        Set(
            try transaction.all("SELECT DISTINCT root FROM resource_providers WHERE uuid IN \(list: ids.sorted())") {
                row in try row[0]
            })
    }
}
