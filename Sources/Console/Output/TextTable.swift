/// A table of characters.
///
///     +-------+-------+
///     | host  | state |
///     +-------+-------+
///     | node1 | up    |
///     +-------+-------+
struct TextTable {
    let header: [String]
    let rows: [[String]]

    var text: String {
        let cells = ([header] + rows).map { row in
            row.map { $0.split(separator: "\n", omittingEmptySubsequences: false) }
        }
        let widths = header.indices.map { column in
            cells.map { row in row.indices.contains(column) ? row[column].map(\.count).max() ?? 0 : 0 }.max() ?? 0
        }
        let rule = "+" + widths.map { String(repeating: "-", count: $0 + 2) }.joined(separator: "+") + "+\n"
        func lines(_ row: [[Substring]]) -> String {
            let height = row.map(\.count).max() ?? 1
            return (0..<max(1, height)).map { line in
                "|"
                    + widths.indices.map { column in
                        let parts = row.indices.contains(column) ? row[column] : []
                        let part = line < parts.count ? String(parts[line]) : ""
                        return " " + part + String(repeating: " ", count: widths[column] - part.count + 1)
                    }.joined(separator: "|") + "|\n"
            }.joined()
        }
        guard let first = cells.first else { return "" }
        let body = cells.dropFirst().map(lines).joined()
        return rule + lines(first) + rule + body + (rows.isEmpty ? "" : rule)
    }
}
