/// What each target may import, as `docs/architecture.md` says it.
struct ImportTable {
    struct Row: Equatable {
        let name: String
        let imports: Set<String>
    }

    /// From top to bottom.
    let rooms: [Row]
    /// Helpers of tests, benchmarks, the laboratory.
    let others: [Row]

    init(_ page: String) {
        rooms = (MarkdownTable(headed: "Room", in: page)?.rows ?? []).compactMap { Self.row($0, importsFrom: 2) }
        others = (MarkdownTable(headed: "Target", in: page)?.rows ?? []).compactMap { Self.row($0, importsFrom: 1) }
    }

    private static func row(_ cells: [String], importsFrom first: Int) -> Row? {
        guard let name = cells.first.flatMap({ MarkdownTable.names($0).first }) else { return nil }
        return Row(name: name, imports: Set(cells.dropFirst(first).flatMap(MarkdownTable.names)))
    }
}
