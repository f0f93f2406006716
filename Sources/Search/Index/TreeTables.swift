import Model

/// What a provider tree consists of, as plain values in rows: parents before children, so that a subtree is a range of
/// positions. Belongs to an `IndexedTree` and is read only while that is held.
struct TreeTables: Sendable {
    struct Node: Sendable {
        let id: ResourceProviderID
        let parent: Int
        /// The position after the last descendant.
        var end: Int
        let revision: Int64
        let stocks: Range<Int>
        let aggregates: Range<Int>
        let isSharing: Bool
    }

    /// A stock by the class's number, with the capacity worked out.
    struct Stock: Sendable, Equatable {
        let resourceClass: Int
        let inventory: Inventory
        let capacity: Int
        var used: Int

        /// Below 0 where more is taken than there is. No use that a database may name makes it overflow.
        var free: Int { capacity - min(max(used, -Self.mostUsed), Self.mostUsed) }
        private static let mostUsed = Int.max / 4

        /// Whether one claim of `amount` is possible (section "fits" of the Placement contract).
        func fits(_ amount: Int) -> Bool {
            amount <= free && amount >= inventory.minUnit && amount <= inventory.maxUnit
                && (inventory.stepSize == 1 || amount.isMultiple(of: inventory.stepSize))
        }
    }

    let nodes: Table<Node>
    /// The ids as answers show them, one after another, made once.
    let idTexts: Table<UInt8>
    static let idLength = 36
    let stocks: Table<Stock>
    /// The position of each stock's provider.
    let owners: Table<Int>
    let aggregates: Table<Int>
    /// Words of trait bits a provider has here.
    let traitWidth: Int
    let traitWords: Table<UInt64>
    /// Positions of interchangeable providers, set after set; `twinStarts[n] ..< twinStarts[n + 1]` is set n.
    let twinMembers: Table<Int>
    let twinStarts: Table<Int>
    /// The set of each position. Sets are numbered by their first members.
    let twinSets: Table<Int>

    func free() {
        nodes.free()
        idTexts.free()
        stocks.free()
        owners.free()
        aggregates.free()
        traitWords.free()
        twinMembers.free()
        twinStarts.free()
        twinSets.free()
    }

    var twinCount: Int { twinStarts.count - 1 }

    func position(of id: ResourceProviderID) -> Int? { nodes.firstIndex { $0.id == id } }

    func stock(of position: Int, _ resourceClass: Int) -> Stock? {
        for index in nodes[position].stocks where stocks[index].resourceClass == resourceClass { return stocks[index] }
        return nil
    }

    func has(_ trait: TraitBit, _ position: Int) -> Bool {
        trait.word < traitWidth && traitWords[position * traitWidth + trait.word] & trait.mask != 0
    }

    func isIn(anyOf wanted: [Int], _ position: Int) -> Bool {
        nodes[position].aggregates.contains { wanted.contains(aggregates[$0]) }
    }

    func traits(of position: Int) -> [Int] {
        var numbers: [Int] = []
        for word in 0..<traitWidth {
            var bits = traitWords[position * traitWidth + word]
            while bits != 0 {
                numbers.append(word * 64 + bits.trailingZeroBitCount)
                bits &= bits &- 1
            }
        }
        return numbers
    }
}
