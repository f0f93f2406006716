import API
import Model
import Search

/// Writes what a search found, in the form of a version, piece by piece.
struct CandidateWriter: Sendable {
    private let index: PlacementIndex
    private let found: CandidateSet
    private let version: Microversion
    /// Nil shows every class in summaries.
    private let shownClasses: Set<ResourceClass>?
    private let columns: [CandidateTemplate.Column]
    private let suffixes: [String]
    private let showsTrees: Bool

    private enum Stage: Equatable {
        case beginning
        case candidates(_ next: Int)
        case summaries(_ next: Int)
        case over
    }

    private var stage = Stage.beginning
    /// How the columns of the row under way share providers.
    private var sharing: CandidateTemplate.Sharing
    private var templates: [(sharing: CandidateTemplate.Sharing, template: CandidateTemplate)] = []
    /// Whose summaries come, in order; from 1.29 one provider of each tree.
    private var shown: [ProviderReference] = []
    /// Bit per tree that is shown.
    private var trees: [UInt64] = []
    private var providers: Set<ProviderReference> = []

    init(index: PlacementIndex, found: CandidateSet, query: CandidateQuery, version: Microversion) {
        self.index = index
        self.found = found
        self.version = version
        showsTrees = version >= .placement(29)
        shownClasses = version >= .placement(27) ? nil : query.resourceClasses
        let suffixes = found.suffixes
        self.suffixes = suffixes
        columns = found.columns.map { column in
            CandidateTemplate.Column(
                suffix: suffixes.firstIndex(of: found.suffix(of: column)) ?? 0,
                resources: found.resources(of: column, in: index))
        }
        sharing = Array(repeating: 0, count: columns.count)
    }

    /// The next piece of the answer; nil after the last. A piece has about `size` bytes.
    mutating func next(_ size: Int) -> [UInt8]? {
        guard stage != .over else { return nil }
        var out = JSONBytes(capacity: min(size + size / 8, 1024 + 3072 * found.count))
        if stage == .beginning {
            out.put("{\"allocation_requests\":[")
            stage = .candidates(0)
        }
        if case .candidates(var row) = stage {
            while row < found.count, out.bytes.count < size {
                if row > 0 { out.put(",") }
                candidate(row, &out)
                remember(row)
                row += 1
            }
            stage = .candidates(row)
            if row == found.count {
                out.put("],\"provider_summaries\":{")
                stage = .summaries(0)
            }
        }
        if case .summaries(var place) = stage {
            while place < shown.count, out.bytes.count < size {
                if place > 0 { out.put(",") }
                summaries(at: shown[place], &out)
                place += 1
            }
            stage = .summaries(place)
            if place == shown.count {
                out.put("}}")
                stage = .over
            }
        }
        return out.bytes
    }

    /// Notes whose summaries the row wants: from 1.29 every provider of every tree that gives something, before only
    /// those that do.
    private mutating func remember(_ row: Int) {
        for column in columns.indices {
            let provider = found.provider(row, column)
            if showsTrees {
                let tree = index.treeNumber(provider)
                let bit: UInt64 = 1 << UInt64(tree % 64)
                if tree / 64 >= trees.count {
                    trees.append(contentsOf: repeatElement(0, count: tree / 64 + 1 - trees.count))
                }
                if trees[tree / 64] & bit != 0 { continue }
                trees[tree / 64] |= bit
                shown.append(provider)
            } else if providers.insert(provider).inserted {
                shown.append(provider)
            }
        }
    }

    private func summaries(at provider: ProviderReference, _ out: inout JSONBytes) {
        guard showsTrees else { return summary(of: provider, &out) }
        // From here on all versions say the same of a tree.
        out.put(
            index.text(ofTree: provider) {
                let tree = index.tree(of: provider)
                var text = JSONBytes(capacity: 288 * tree.count)
                var isFirst = true
                for member in tree {
                    text.separate(&isFirst)
                    summary(of: member, &text)
                }
                return text.bytes
            })
    }

    // MARK: A candidate

    private mutating func candidate(_ row: Int, _ out: inout JSONBytes) {
        for column in columns.indices {
            let provider = found.provider(row, column)
            var first = 0
            while found.provider(row, first) != provider { first += 1 }
            sharing[column] = first
        }
        let known = templates.firstIndex { $0.sharing == sharing } ?? addTemplate()
        let found = found
        let index = index
        templates[known].template.write(to: &out) { column in index.idText(found.provider(row, column)) }
    }

    /// Few ways of sharing are usual; of many, the latest are kept.
    private mutating func addTemplate() -> Int {
        if templates.count == 32 { templates.removeFirst() }
        templates.append(
            (sharing, CandidateTemplate(columns, suffixes: suffixes, sharing: sharing, version: version)))
        return templates.count - 1
    }

    // MARK: A summary

    private func summary(of provider: ProviderReference, _ out: inout JSONBytes) {
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
