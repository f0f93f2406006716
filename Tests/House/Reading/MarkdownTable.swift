/// A table of a Markdown page.
struct MarkdownTable: Sendable {
    /// Cells without the blanks around them; the header left out.
    let rows: [[String]]

    /// The table whose header begins with `title`; nil when the page has none.
    init?(headed title: String, in page: String) {
        let lines = page.split(separator: "\n", omittingEmptySubsequences: false).map(String.init)
        guard let header = lines.firstIndex(where: { Self.cells($0).first == title }) else { return nil }
        rows = lines[(header + 1)...].prefix { $0.hasPrefix("|") }.dropFirst().map(Self.cells)
    }

    private static func cells(_ line: String) -> [String] {
        guard line.hasPrefix("|") else { return [] }
        return line.split(separator: "|").map { cell in
            String(cell.drop { $0 == " " }.reversed().drop { $0 == " " }.reversed())
        }
    }

    /// What stands between backticks in a cell.
    static func names(_ cell: String) -> [String] {
        cell.split(separator: "`", omittingEmptySubsequences: false).enumerated()
            .filter { $0.offset % 2 == 1 }.map { String($0.element) }
    }
}
