import API
import Model
import Search

/// The text of a candidate but for the ids in it.
///
/// Candidates of one search differ in their providers and in which of the columns share one; for equal sharing the rest of
/// the text is the same, and is put together once.
///
/// Safe: the index lends an id's bytes for the closure only, which copies them.
final class CandidateTemplate: Sendable {
    /// For each column, the first one with the same provider.
    typealias Sharing = [Int]

    /// The constant text of one column of the table.
    struct Column: Sendable {
        let suffix: Int
        let resources: [(resourceClass: ResourceClass, amount: Int)]
    }

    let sharing: Sharing
    /// The complete text, with room for the ids.
    private let text: [UInt8]
    /// Where the id of a column's provider belongs.
    private let places: [(offset: Int, column: Int)]

    init(_ columns: [Column], suffixes: [String], sharing: Sharing, version: Microversion) {
        self.sharing = sharing
        var drawing = TemplateDrawing()
        drawing.allocations(columns, sharing, isKeyed: version >= .keyedAllocations)
        if version >= .mappings { drawing.mappings(columns, suffixes, sharing) }
        drawing.text.put("}")
        text = drawing.text.bytes
        places = drawing.places
    }

    /// Writes the candidate whose columns have these providers.
    func write(_ row: [ProviderReference], in index: PlacementIndex, to out: inout JSONBytes) {
        let start = out.count
        out.put(text)
        for place in places {
            unsafe index.withIDText(row[place.column]) { id in
                unsafe out.replace(at: start + place.offset, by: id)
            }
        }
    }
}

/// A template that is being put together.
private struct TemplateDrawing {
    var text = JSONBytes(capacity: 512)
    var places: [(offset: Int, column: Int)] = []

    private static let room = String(repeating: "0", count: 36)

    mutating func allocations(
        _ columns: [CandidateTemplate.Column], _ sharing: CandidateTemplate.Sharing, isKeyed: Bool
    ) {
        text.put(isKeyed ? "{\"allocations\":{" : "{\"allocations\":[")
        var isFirst = true
        for column in columns.indices where !columns[column].resources.isEmpty {
            let isNew = !columns[..<column].indices.contains {
                sharing[$0] == sharing[column] && !columns[$0].resources.isEmpty
            }
            guard isNew else { continue }
            text.separate(&isFirst)
            if !isKeyed { text.put("{\"resource_provider\":{\"uuid\":") }
            id(of: column)
            text.put(isKeyed ? ":{\"resources\":{" : "},\"resources\":{")
            put(columns.indices.filter { sharing[$0] == sharing[column] }.flatMap { columns[$0].resources })
            text.put("}}")
        }
        text.put(isKeyed ? "}" : "]")
    }

    mutating func mappings(
        _ columns: [CandidateTemplate.Column], _ suffixes: [String], _ sharing: CandidateTemplate.Sharing
    ) {
        text.put(",\"mappings\":{")
        var isFirst = true
        for suffix in suffixes.indices {
            text.separate(&isFirst)
            text.quote(suffixes[suffix])
            text.put(":[")
            var isFirstProvider = true
            var seen: Set<Int> = []
            for column in columns.indices
            where columns[column].suffix == suffix && seen.insert(sharing[column]).inserted {
                text.separate(&isFirstProvider)
                id(of: column)
            }
            text.put("]")
        }
        text.put("}")
    }

    private mutating func id(of column: Int) {
        places.append((text.count + 1, column))
        text.quote(Self.room)
    }

    /// The amounts, those of one class added up.
    private mutating func put(_ resources: [(resourceClass: ResourceClass, amount: Int)]) {
        var sums: [(resourceClass: ResourceClass, amount: Int)] = []
        for (name, amount) in resources {
            if let known = sums.firstIndex(where: { $0.resourceClass == name }) {
                sums[known].amount += amount
            } else {
                sums.append((name, amount))
            }
        }
        var isFirst = true
        for (name, amount) in sums {
            text.separate(&isFirst)
            text.quote(name.name)
            text.put(":")
            text.put(amount)
        }
    }
}
