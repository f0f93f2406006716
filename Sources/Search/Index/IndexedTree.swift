import Model
import Synchronization

/// One provider tree laid out for searching: parents before children, so that a subtree is a range of positions.
///
/// Immutable; a change makes a new one. `twins` are sets of interchangeable providers: leaves below the same parent
/// with equal inventories, use, traits and aggregates. Whatever one of them can do, each can.
final class IndexedTree: Sendable {
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

        var free: Int { capacity - used }

        /// Whether one claim of `amount` is possible (section "fits" of the Placement contract).
        func fits(_ amount: Int) -> Bool {
            used + amount <= capacity && amount >= inventory.minUnit && amount <= inventory.maxUnit
                && amount % inventory.stepSize == 0
        }
    }

    let nodes: ContiguousArray<Node>
    /// The ids as answers show them, one after another, made once.
    let idTexts: ContiguousArray<UInt8>
    static let idLength = 36
    let stocks: ContiguousArray<Stock>
    /// The position of each stock's provider.
    let owners: ContiguousArray<Int>
    let aggregates: ContiguousArray<Int>
    /// Words of trait bits a provider has here.
    let traitWidth: Int
    let traitWords: ContiguousArray<UInt64>
    /// Positions of interchangeable providers, set after set; `twinStarts[n] ..< twinStarts[n + 1]` is set n.
    let twinMembers: ContiguousArray<Int>
    let twinStarts: ContiguousArray<Int>
    /// The set of each position. Sets are numbered by their first members.
    let twinSets: ContiguousArray<Int>
    private let text = Mutex<[UInt8]?>(nil)

    init(
        nodes: ContiguousArray<Node>, idTexts: ContiguousArray<UInt8>, stocks: ContiguousArray<Stock>,
        aggregates: ContiguousArray<Int>, traitWidth: Int, traitWords: ContiguousArray<UInt64>
    ) {
        self.nodes = nodes
        self.idTexts = idTexts
        self.stocks = stocks
        self.aggregates = aggregates
        self.traitWidth = traitWidth
        self.traitWords = traitWords
        var owners = ContiguousArray(repeating: 0, count: stocks.count)
        for position in nodes.indices {
            for stock in nodes[position].stocks { owners[stock] = position }
        }
        self.owners = owners
        (twinMembers, twinStarts, twinSets) = Self.twins(nodes, stocks, aggregates, traitWidth, traitWords)
    }

    var root: ResourceProviderID { nodes[0].id }
    var twinCount: Int { twinStarts.count - 1 }

    /// What answers say of the whole tree, made when first asked for.
    func text(_ make: () -> [UInt8]) -> [UInt8] {
        if let known = text.withLock({ $0 }) { return known }
        let made = make()
        text.withLock { $0 = made }
        return made
    }

    func idText(_ position: Int) -> ArraySlice<UInt8> {
        idTexts[position * Self.idLength..<(position + 1) * Self.idLength]
    }

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

    /// Whether `ancestor` is `position` itself or above it.
    func isAncestor(_ ancestor: Int, orSelf position: Int) -> Bool {
        ancestor <= position && position < nodes[ancestor].end
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

    private static func twins(
        _ nodes: ContiguousArray<Node>, _ stocks: ContiguousArray<Stock>, _ aggregates: ContiguousArray<Int>,
        _ width: Int, _ words: ContiguousArray<UInt64>
    ) -> (members: ContiguousArray<Int>, starts: ContiguousArray<Int>, sets: ContiguousArray<Int>) {
        func equal(_ left: Int, _ right: Int) -> Bool {
            let one = nodes[left]
            let other = nodes[right]
            guard one.parent == other.parent, one.end == left + 1, other.end == right + 1, one.parent >= 0,
                one.stocks.count == other.stocks.count, one.aggregates.count == other.aggregates.count
            else { return false }
            for word in 0..<width where words[left * width + word] != words[right * width + word] { return false }
            for (mine, yours) in zip(one.stocks, other.stocks) where stocks[mine] != stocks[yours] { return false }
            for (mine, yours) in zip(one.aggregates, other.aggregates) where aggregates[mine] != aggregates[yours] {
                return false
            }
            return true
        }
        var set = ContiguousArray(repeating: -1, count: nodes.count)
        var firsts: ContiguousArray<Int> = []
        var sizes: ContiguousArray<Int> = []
        for position in nodes.indices {
            if let twin = firsts.indices.first(where: { equal(firsts[$0], position) }) {
                set[position] = twin
                sizes[twin] += 1
            } else {
                set[position] = firsts.count
                firsts.append(position)
                sizes.append(1)
            }
        }
        var starts = ContiguousArray(repeating: 0, count: firsts.count + 1)
        for index in sizes.indices { starts[index + 1] = starts[index] + sizes[index] }
        var members = ContiguousArray(repeating: 0, count: nodes.count)
        var next = starts
        for position in nodes.indices {
            members[next[set[position]]] = position
            next[set[position]] += 1
        }
        return (members, starts, set)
    }
}

/// Where a trait's bit stands among a provider's words.
struct TraitBit: Sendable, Hashable {
    let word: Int
    let mask: UInt64

    init(_ number: Int) {
        word = number / 64
        mask = 1 << UInt64(number % 64)
    }
}
