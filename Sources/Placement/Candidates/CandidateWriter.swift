import API
import Model
import Search

/// Writes what a search found, in the form of a version.
struct CandidateWriter {
    private let index: PlacementIndex
    private let found: CandidateSet
    private let version: Microversion
    /// Nil shows every class in summaries.
    private let shownClasses: Set<ResourceClass>?
    private let columns: [Column]
    private let suffixes: [String]

    /// What one column of the table always says.
    fileprivate struct Column {
        let suffix: Int
        let resources: [(resourceClass: ResourceClass, amount: Int)]
        /// `"VCPU":2,"MEMORY_MB":512`
        let text: [UInt8]
    }

    init(index: PlacementIndex, found: CandidateSet, query: CandidateQuery, version: Microversion) {
        self.index = index
        self.found = found
        self.version = version
        shownClasses = version >= .placement(27) ? nil : query.resourceClasses
        let suffixes = found.suffixes
        self.suffixes = suffixes
        columns = found.columns.map { column in
            let resources = found.resources(of: column, in: index)
            return Column(
                suffix: suffixes.firstIndex(of: found.suffix(of: column)) ?? 0, resources: resources,
                text: Self.text(resources))
        }
    }

    func bytes() -> [UInt8] {
        var out = CandidateBytes(capacity: 1024 + found.count * (200 + 100 * columns.count))
        var trees: Set<Int> = []
        var providers: Set<ProviderReference> = []
        var shown: [ProviderReference] = []
        let showsTrees = version >= .placement(29)
        out.put("{\"allocation_requests\":[")
        var isFirst = true
        for row in 0..<found.count {
            out.separate(&isFirst)
            candidate(row, &out)
            for column in columns.indices {
                let provider = found.provider(row, column)
                if showsTrees {
                    // From 1.29 every provider of every tree that gives something, before only those that do.
                    if trees.insert(index.treeNumber(provider)).inserted { shown += index.tree(of: provider) }
                } else if providers.insert(provider).inserted {
                    shown.append(provider)
                }
            }
        }
        out.put("],\"provider_summaries\":{")
        isFirst = true
        for provider in shown {
            out.separate(&isFirst)
            summary(of: provider, &out)
        }
        out.put("}}")
        return out.bytes
    }

    // MARK: A candidate

    private func candidate(_ row: Int, _ out: inout CandidateBytes) {
        let isKeyed = version >= .placement(12)
        out.put(isKeyed ? "{\"allocations\":{" : "{\"allocations\":[")
        var isFirst = true
        for column in columns.indices where !columns[column].resources.isEmpty && isNew(column, row) {
            out.separate(&isFirst)
            if isKeyed {
                out.quote(index.idText(found.provider(row, column)))
                out.put(":{\"resources\":{")
            } else {
                out.put("{\"resource_provider\":{\"uuid\":")
                out.quote(index.idText(found.provider(row, column)))
                out.put("},\"resources\":{")
            }
            resources(from: column, row, &out)
            out.put("}}")
        }
        out.put(isKeyed ? "}" : "]")
        if version >= .placement(34) { mappings(row, &out) }
        out.put("}")
    }

    /// Whether no earlier column that takes something has this one's provider.
    private func isNew(_ column: Int, _ row: Int) -> Bool {
        let provider = found.provider(row, column)
        for earlier in 0..<column where columns[earlier].hasResources && found.provider(row, earlier) == provider {
            return false
        }
        return true
    }

    /// What all columns together take of the provider of `first`.
    private func resources(from first: Int, _ row: Int, _ out: inout CandidateBytes) {
        let provider = found.provider(row, first)
        var isAlone = true
        for later in (first + 1)..<max(first + 1, columns.count)
        where columns[later].hasResources && found.provider(row, later) == provider {
            isAlone = false
        }
        if isAlone { return out.put(columns[first].text) }
        var sums: [(resourceClass: ResourceClass, amount: Int)] = []
        for column in first..<columns.count where found.provider(row, column) == provider {
            for (name, amount) in columns[column].resources {
                if let known = sums.firstIndex(where: { $0.resourceClass == name }) {
                    sums[known].amount += amount
                } else {
                    sums.append((name, amount))
                }
            }
        }
        out.put(Self.text(sums))
    }

    private static func text(_ resources: [(resourceClass: ResourceClass, amount: Int)]) -> [UInt8] {
        var out = CandidateBytes(capacity: 32 * resources.count)
        var isFirst = true
        for (name, amount) in resources {
            out.separate(&isFirst)
            out.quote(name.name)
            out.put(":")
            out.put(amount)
        }
        return out.bytes
    }

    private func mappings(_ row: Int, _ out: inout CandidateBytes) {
        out.put(",\"mappings\":{")
        var isFirst = true
        for suffix in suffixes.indices {
            out.separate(&isFirst)
            out.quote(suffixes[suffix])
            out.put(":[")
            var isFirstProvider = true
            for column in columns.indices where columns[column].suffix == suffix {
                let provider = found.provider(row, column)
                let isKnown = (0..<column).contains { earlier in
                    columns[earlier].suffix == suffix && found.provider(row, earlier) == provider
                }
                if isKnown { continue }
                out.separate(&isFirstProvider)
                out.quote(index.idText(provider))
            }
            out.put("]")
        }
        out.put("}")
    }

    // MARK: A summary

    private func summary(of provider: ProviderReference, _ out: inout CandidateBytes) {
        out.quote(index.idText(provider))
        out.put(":{\"resources\":{")
        var isFirst = true
        index.forEachStock(provider) { name, capacity, used in
            if let shownClasses, !shownClasses.contains(name) { return }
            out.separate(&isFirst)
            out.quote(name.name)
            out.put(":{\"capacity\":")
            out.put(capacity)
            out.put(",\"used\":")
            out.put(used)
            out.put("}")
        }
        out.put("}")
        if version >= .placement(17) {
            out.put(",\"traits\":[")
            isFirst = true
            index.forEachTrait(provider) { trait in
                out.separate(&isFirst)
                out.quote(trait.name)
            }
            out.put("]")
        }
        if version >= .placement(29) {
            out.put(",\"parent_provider_uuid\":")
            if let parent = index.parentText(provider) { out.quote(parent) } else { out.put("null") }
            out.put(",\"root_provider_uuid\":")
            out.quote(index.rootText(provider))
        }
        out.put("}")
    }
}

extension CandidateWriter.Column {
    fileprivate var hasResources: Bool { !resources.isEmpty }
}
