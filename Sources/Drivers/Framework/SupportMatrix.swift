extension DriverRegistry {
    /// The support matrix page, `docs/drivers/support-matrix.md`, as Markdown.
    public var supportMatrix: String {
        var page = """
            # Support matrix

            Made from the table of drivers in the code; a test compares. What the levels mean stands in [levels.md](levels.md), what
            the laboratory checked in [evidence.md](evidence.md).

            | Driver | Level | Since | Rests on | Checked for | Can |
            |---|---|---|---|---|---|

            """
        for entry in entries.sorted(by: { $0.name < $1.name }) {
            page += "| [\(entry.name)](\(entry.name).md) | \(entry.support.level.rawValue) | \(entry.support.since) "
            page += "| \(entry.support.evidence) | \(entry.support.checked) | \(entry.capabilities.words) |\n"
        }
        page += "\n"
        for entry in entries.sorted(by: { $0.name < $1.name }) {
            let former = entry.formerName.map { " Known to the reference as `\($0)`, which works too." } ?? ""
            page += "* `\(entry.name)`: \(entry.summary)\(former)\n"
        }
        return page
    }
}

extension DriverCapabilities {
    var words: String {
        let words = [
            (prepares, "prepare"), (cleans, "clean"), (programs, "program"), (partitions, "partition"),
            (migratesLive, "live migration"),
        ].filter(\.0).map(\.1)
        return words.isEmpty ? "find" : words.joined(separator: ", ")
    }
}
