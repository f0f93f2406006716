import FoundationEssentials
import Model
import Search

/// A small cloud in the domain's words: provider trees with names, for tests.
struct World {
    var trees: [[ProviderDescription]] = []
    private var names: [String: ResourceProviderID] = [:]

    static func id<Kind>(_ name: String, _ kind: Kind.Type = Kind.self) -> UniqueID<Kind> {
        var hash: UInt64 = 0xcbf2_9ce4_8422_2325
        for byte in name.utf8 { hash = (hash ^ UInt64(byte)) &* 0x100_0000_01b3 }
        func byte(_ shift: UInt64) -> UInt8 { UInt8(truncatingIfNeeded: hash >> shift) }
        return UniqueID(
            UUID(
                uuid: (
                    byte(0), byte(8), byte(16), byte(24), byte(32), byte(40), byte(48), byte(56), byte(7), byte(15),
                    byte(23), byte(31), byte(39), byte(47), byte(3), byte(11)
                )))
    }

    /// Adds a provider: below `parent`, or as the root of a new tree.
    mutating func add(
        _ name: String, below parent: String? = nil, _ stocks: [String: Int] = [:], used: [String: Int] = [:],
        traits: [String] = [], aggregates: [String] = [], shape: (inout Inventory) -> Void = { _ in }
    ) {
        let provider = ProviderDescription(
            Self.id(name), parent: parent.map { Self.id($0) }, revision: 1,
            stocks: stocks.sorted { $0.key < $1.key }.map { name, total in
                var inventory = Inventory(total: total)
                shape(&inventory)
                return .init(ResourceClass(unchecked: name), inventory, used: used[name] ?? 0)
            },
            traits: traits.map { Trait(unchecked: $0) }, aggregates: aggregates.map { Self.id($0) })
        if let parent, let tree = trees.firstIndex(where: { $0.contains { $0.id == Self.id(parent) } }) {
            trees[tree].append(provider)
        } else {
            trees.append([provider])
        }
    }

    var index: PlacementIndex {
        var index = PlacementIndex()
        for tree in trees { index.install(root: tree[0].id, tree) }
        return index
    }

    func provider(_ id: ResourceProviderID) -> ProviderDescription? {
        for tree in trees {
            if let provider = tree.first(where: { $0.id == id }) { return provider }
        }
        return nil
    }

    func isSameTree(_ one: ResourceProviderID, _ other: ResourceProviderID) -> Bool {
        trees.contains { tree in tree.contains { $0.id == one } && tree.contains { $0.id == other } }
    }

    func isAncestor(_ ancestor: ResourceProviderID, orSelf id: ResourceProviderID) -> Bool {
        var current: ResourceProviderID? = id
        while let step = current {
            if step == ancestor { return true }
            current = provider(step)?.parent
        }
        return false
    }

    /// The tree's own providers and the sharing ones that an aggregate ties to any of them.
    func pool(of anchor: [ProviderDescription]) -> [ProviderDescription] {
        let aggregates = Set(anchor.flatMap(\.aggregates))
        var pool = anchor
        for tree in trees where tree[0].id != anchor[0].id {
            pool += tree.filter {
                $0.traits.contains(.sharesViaAggregate) && !aggregates.isDisjoint(with: $0.aggregates)
            }
        }
        return pool
    }
}
