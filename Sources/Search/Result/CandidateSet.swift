public import Model

/// The result of a search, in one flat table: one row per candidate, one column per want.
public struct CandidateSet: Sendable {
    /// Why the search ended.
    public enum Ending: Sendable, Equatable {
        /// All candidates were found.
        case complete
        case limitReached
        /// The step budget was used up; there may be more candidates.
        case budgetExhausted
    }

    let wants: [Want]
    var picks: [ProviderReference] = []
    public internal(set) var count = 0
    public internal(set) var ending: Ending = .complete
    /// Number of trees that the columns could not exclude.
    public internal(set) var visitedTrees = 0
    /// Number of tests of a provider against a want, and of attempts to assign one to the other.
    public internal(set) var steps = 0

    init(wants: [Want]) {
        self.wants = wants
    }

    /// Suffixes in the order of `providers(of:forSuffix:)`.
    public var suffixes: [String] {
        var seen: [String] = []
        for want in wants where !seen.contains(want.suffix) { seen.append(want.suffix) }
        return seen
    }

    /// Columns of the table; each is served by one provider.
    public var columns: Range<Int> { wants.indices }

    public func suffix(of column: Int) -> String { wants[column].suffix }

    /// What `column` takes from its provider.
    public func resources(of column: Int, in index: PlacementIndex) -> [(resourceClass: ResourceClass, amount: Int)] {
        wants[column].amounts.map { (index.classes.symbols[$0.resourceClass], $0.amount) }
    }

    public func provider(_ row: Int, _ column: Int) -> ProviderReference { picks[row * wants.count + column] }

    /// Replaces the content of `providers` by the providers of `row`, one for each column.
    public func copyRow(_ row: Int, to providers: inout [ProviderReference]) {
        providers.removeAll(keepingCapacity: true)
        providers.append(contentsOf: picks[row * wants.count..<(row + 1) * wants.count])
    }

    /// The providers of candidate `row`, with the amounts per class.
    public func allocations(
        of row: Int, in index: PlacementIndex
    ) -> [(provider: ProviderReference, resources: [(resourceClass: ResourceClass, amount: Int)])] {
        var result: [(provider: ProviderReference, resources: [(resourceClass: ResourceClass, amount: Int)])] = []
        for (column, want) in wants.enumerated() where !want.amounts.isEmpty {
            let provider = picks[row * wants.count + column]
            let entry: Int
            if let known = result.firstIndex(where: { $0.provider == provider }) {
                entry = known
            } else {
                entry = result.count
                result.append((provider, []))
            }
            for amount in want.amounts {
                let name = index.classes.symbols[amount.resourceClass]
                if let known = result[entry].resources.firstIndex(where: { $0.resourceClass == name }) {
                    result[entry].resources[known].amount += amount.amount
                } else {
                    result[entry].resources.append((name, amount.amount))
                }
            }
        }
        return result
    }

    /// The providers of each group, by suffix; the group without a suffix is "".
    public func mappings(of row: Int) -> [(suffix: String, providers: [ProviderReference])] {
        var result: [(suffix: String, providers: [ProviderReference])] = []
        for (column, want) in wants.enumerated() {
            let provider = picks[row * wants.count + column]
            if let known = result.firstIndex(where: { $0.suffix == want.suffix }) {
                if !result[known].providers.contains(provider) { result[known].providers.append(provider) }
            } else {
                result.append((want.suffix, [provider]))
            }
        }
        return result
    }
}
