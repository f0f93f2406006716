import API
import Model
import Search

/// The text of a candidate but for the ids in it.
///
/// Candidates of one search differ in their providers and in which of the columns share one; for equal sharing the rest of
/// the text is the same, and is put together once.
struct CandidateTemplate: Sendable {
    /// For each column, the first one with the same provider.
    typealias Sharing = [Int]

    /// What one column of the table always says.
    struct Column: Sendable {
        let suffix: Int
        let resources: [(resourceClass: ResourceClass, amount: Int)]
    }

    /// Text, and the column whose provider's id follows it.
    private var pieces: [(text: [UInt8], column: Int)] = []
    private var rest = JSONBytes(capacity: 128)

    init(_ columns: [Column], suffixes: [String], sharing: Sharing, version: Microversion) {
        let isKeyed = version >= .placement(12)
        rest.put(isKeyed ? "{\"allocations\":{" : "{\"allocations\":[")
        var isFirst = true
        for column in columns.indices where !columns[column].resources.isEmpty {
            let isNew = !columns[..<column].indices.contains {
                sharing[$0] == sharing[column] && !columns[$0].resources.isEmpty
            }
            guard isNew else { continue }
            rest.separate(&isFirst)
            if !isKeyed { rest.put("{\"resource_provider\":{\"uuid\":") }
            id(of: column)
            rest.put(isKeyed ? ":{\"resources\":{" : "},\"resources\":{")
            put(columns.indices.filter { sharing[$0] == sharing[column] }.flatMap { columns[$0].resources })
            rest.put("}}")
        }
        rest.put(isKeyed ? "}" : "]")
        if version >= .placement(34) { mappings(columns, suffixes, sharing) }
        rest.put("}")
    }

    /// Writes the candidate whose columns have these ids.
    func write(to out: inout JSONBytes, id: (_ column: Int) -> String) {
        for piece in pieces {
            out.put(piece.text)
            out.quote(id(piece.column))
        }
        out.put(rest.bytes)
    }

    private mutating func id(of column: Int) {
        pieces.append((rest.bytes, column))
        rest = JSONBytes(capacity: 128)
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
            rest.separate(&isFirst)
            rest.quote(name.name)
            rest.put(":")
            rest.put(amount)
        }
    }

    private mutating func mappings(_ columns: [Column], _ suffixes: [String], _ sharing: Sharing) {
        rest.put(",\"mappings\":{")
        var isFirst = true
        for suffix in suffixes.indices {
            rest.separate(&isFirst)
            rest.quote(suffixes[suffix])
            rest.put(":[")
            var isFirstProvider = true
            var seen: Set<Int> = []
            for column in columns.indices
            where columns[column].suffix == suffix && seen.insert(sharing[column]).inserted {
                rest.separate(&isFirstProvider)
                id(of: column)
            }
            rest.put("]")
        }
        rest.put("}")
    }
}
