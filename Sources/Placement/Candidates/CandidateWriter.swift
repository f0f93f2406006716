import API
import Model
import NIOCore
import Search

/// Writes what a search found, in the form of a version, piece by piece.
struct CandidateWriter: Sendable {
    /// The data that do not change while the response is written. It is a class, so that holding it is one reference
    /// instead of dozens.
    private final class Source: Sendable {
        let index: PlacementIndex
        let found: CandidateSet
        let version: Microversion
        let summary: ProviderSummary
        let columns: [CandidateTemplate.Column]
        let suffixes: [String]
        let showsTrees: Bool

        init(_ index: PlacementIndex, _ found: CandidateSet, _ query: CandidateQuery, _ version: Microversion) {
            self.index = index
            self.found = found
            self.version = version
            showsTrees = version >= .candidatesInTrees
            summary = ProviderSummary(
                version: version, shownClasses: version >= .wholeSummaries ? nil : query.resourceClasses)
            let suffixes = found.suffixes
            self.suffixes = suffixes
            columns = found.columns.map { column in
                CandidateTemplate.Column(
                    suffix: suffixes.firstIndex(of: found.suffix(of: column)) ?? 0,
                    resources: found.resources(of: column, in: index))
            }
        }
    }

    private enum Stage: Equatable {
        case beginning
        case candidates(_ next: Int)
        case summaries(_ next: Int)
        case over
    }

    private let source: Source
    private var stage = Stage.beginning
    /// The providers of the present row, by column.
    private var row: [ProviderReference] = []
    /// How the row's columns share providers.
    private var sharing: CandidateTemplate.Sharing
    private var templates: [CandidateTemplate] = []
    /// The template of the previous row, which usually fits.
    private var latest = 0
    /// The providers whose summaries are written, in order; from 1.29 one provider of each tree.
    private var shown: [ProviderReference] = []
    /// Bit per tree that is shown.
    private var trees: [UInt64] = []
    private var providers: Set<ProviderReference> = []

    init(index: PlacementIndex, found: CandidateSet, query: CandidateQuery, version: Microversion) {
        source = Source(index, found, query, version)
        sharing = Array(repeating: 0, count: found.columns.count)
    }

    /// The next piece of the response, of about `size` bytes; nil after the last one.
    mutating func next(_ size: Int) -> ByteBuffer? {
        guard stage != .over else { return nil }
        let source = source
        var out = JSONBytes(capacity: min(size, 1024 + 3072 * source.found.count))
        if stage == .beginning {
            out.put("{\"allocation_requests\":[")
            stage = .candidates(0)
        }
        if case .candidates(var row) = stage {
            while row < source.found.count, out.count < size {
                if row > 0 { out.put(",") }
                source.found.copyRow(row, to: &self.row)
                candidate(source, &out)
                remember(source)
                row += 1
            }
            stage = .candidates(row)
            if row == source.found.count {
                out.put("],\"provider_summaries\":{")
                stage = .summaries(0)
            }
        }
        if case .summaries(let first) = stage {
            let place = summaries(from: first, source, &out, upTo: size)
            stage = .summaries(place)
            if place == shown.count {
                out.put("}}")
                stage = .over
            }
        }
        return out.buffer
    }

    /// Records which summaries the row needs: from 1.29 those of every provider in the trees that are used, before only
    /// those of the providers used.
    private mutating func remember(_ source: Source) {
        for column in sharing.indices where sharing[column] == column {
            let provider = row[column]
            if source.showsTrees {
                let tree = source.index.treeNumber(provider)
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

    /// Writes summaries until there are `size` bytes; returns the index of the next one.
    private func summaries(from first: Int, _ source: Source, _ out: inout JSONBytes, upTo size: Int) -> Int {
        var place = first
        while place < shown.count {
            let provider = shown[place]
            guard source.showsTrees else {
                if out.count >= size { break }
                if place > 0 { out.put(",") }
                source.summary.write(provider, in: source.index, to: &out)
                place += 1
                continue
            }
            // All versions that show trees say the same of them.
            let text = source.index.text(ofTree: provider) {
                ProviderSummary.current.text(ofTree: provider, in: source.index)
            }
            // Within its size a piece need not grow.
            if out.count + text.count > size, out.count > size / 2 { break }
            if place > 0 { out.put(",") }
            out.put(text)
            place += 1
        }
        return place
    }

    private mutating func candidate(_ source: Source, _ out: inout JSONBytes) {
        for column in sharing.indices {
            let provider = row[column]
            var first = 0
            while first < column, row[first] != provider { first += 1 }
            sharing[column] = first
        }
        if latest >= templates.count || templates[latest].sharing != sharing { choose(source) }
        templates[latest].write(row, in: source.index, to: &out)
    }

    /// Chooses the template. Usually there are few ways of sharing; if there are many, the latest ones are kept.
    private mutating func choose(_ source: Source) {
        if let known = templates.firstIndex(where: { $0.sharing == sharing }) {
            latest = known
            return
        }
        if templates.count == 32 { templates.removeFirst() }
        latest = templates.count
        templates.append(
            CandidateTemplate(source.columns, suffixes: source.suffixes, sharing: sharing, version: source.version))
    }
}
