import FoundationEssentials

/// What the program is built from does not change under it: each package has one version, that of the table.
enum PackageRule {
    private struct Resolved: Decodable {
        struct Pin: Decodable {
            struct State: Decodable { let version: String? }

            let identity: String
            let state: State
        }

        let pins: [Pin]
    }

    /// Packages that are not declared by `exact:`.
    static func floating(_ manifest: Manifest) -> Set<String> {
        Set(manifest.packages.filter { $0.value != "exact" }.map { "\($0.key) is declared by `\($0.value):`" })
    }

    /// The table of `docs/architecture.md`: package to version.
    static func table(_ page: String) -> [String: String] {
        let rows = (MarkdownTable(headed: "Package", in: page)?.rows ?? []).compactMap { cells in
            cells.count > 1 ? MarkdownTable.names(cells[0]).first.map { ($0, cells[1]) } : nil
        }
        return Dictionary(rows) { first, _ in first }
    }

    /// The versions of a `Package.resolved`.
    static func resolved(_ text: String) throws -> [String: String] {
        let pins = try JSONDecoder().decode(Resolved.self, from: Data(text.utf8)).pins
        return Dictionary(pins.map { ($0.identity, $0.state.version ?? "no version") }) { first, _ in first }
    }

    static func differences(_ versions: [String: String], in place: String, table: [String: String]) -> Set<String> {
        Set(
            versions.compactMap { name, version in
                if table[name] == version { return nil }
                return "\(name) has \(version) in \(place), and \(table[name] ?? "no row") in docs/architecture.md"
            })
    }
}
