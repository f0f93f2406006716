import Model
import Synchronization

/// One provider tree laid out for searching: parents before children, so that a subtree is a range of positions.
///
/// Immutable; a change makes a new one. `twins` are sets of interchangeable providers: leaves below the same parent
/// with equal inventories, use, traits and aggregates. Whatever one of them can do, each can.
final class IndexedTree: Sendable {
    typealias Node = TreeTables.Node
    typealias Stock = TreeTables.Stock

    let tables: TreeTables
    private let text = Mutex<[UInt8]?>(nil)

    init(
        nodes: ContiguousArray<Node>, idTexts: ContiguousArray<UInt8>, stocks: ContiguousArray<Stock>,
        aggregates: ContiguousArray<Int>, traitWidth: Int, traitWords: ContiguousArray<UInt64>
    ) {
        var owners = ContiguousArray(repeating: 0, count: stocks.count)
        for position in nodes.indices {
            for stock in nodes[position].stocks { owners[stock] = position }
        }
        let twins = Self.twins(nodes, stocks, aggregates, traitWidth, traitWords)
        tables = TreeTables(
            nodes: Table(nodes), idTexts: Table(idTexts), stocks: Table(stocks), owners: Table(owners),
            aggregates: Table(aggregates), traitWidth: traitWidth, traitWords: Table(traitWords),
            twinMembers: Table(twins.members), twinStarts: Table(twins.starts), twinSets: Table(twins.sets))
    }

    deinit {
        tables.free()
    }

    var nodes: Table<Node> { tables.nodes }
    var stocks: Table<Stock> { tables.stocks }
    var aggregates: Table<Int> { tables.aggregates }
    var root: ResourceProviderID { tables.nodes[0].id }

    /// What answers say of the whole tree, made when first asked for.
    func text(_ make: () -> [UInt8]) -> [UInt8] {
        if let known = text.withLock({ $0 }) { return known }
        let made = make()
        text.withLock { $0 = made }
        return made
    }

    /// Safe: `idTexts` lives as long as the tree, and its bytes are lent for the call only.
    func withIDText(_ position: Int, _ body: (UnsafeRawBufferPointer) -> Void) {
        let start = position * TreeTables.idLength
        unsafe tables.idTexts.withBytes(start..<start + TreeTables.idLength, body)
    }

    func position(of id: ResourceProviderID) -> Int? { tables.position(of: id) }
    func traits(of position: Int) -> [Int] { tables.traits(of: position) }

    /// The same tree, where providers took or gave back.
    func changed(_ nodes: ContiguousArray<Node>, _ stocks: ContiguousArray<Stock>) -> IndexedTree {
        IndexedTree(
            nodes: nodes, idTexts: ContiguousArray(tables.idTexts), stocks: stocks,
            aggregates: ContiguousArray(tables.aggregates), traitWidth: tables.traitWidth,
            traitWords: ContiguousArray(tables.traitWords))
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
