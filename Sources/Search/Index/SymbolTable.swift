/// Numbers symbols densely from 0 in the order of their first appearance; a number never changes.
struct SymbolTable<Symbol: Hashable & Sendable>: Sendable {
    private(set) var symbols: [Symbol] = []
    private var numbers: [Symbol: Int] = [:]

    var count: Int { symbols.count }

    /// Nil when the symbol has never appeared, so that no provider can have it.
    func number(of symbol: Symbol) -> Int? { numbers[symbol] }

    mutating func intern(_ symbol: Symbol) -> Int {
        if let number = numbers[symbol] { return number }
        let number = symbols.count
        symbols.append(symbol)
        numbers[symbol] = number
        return number
    }
}
