/// A Markdown page as the rules read it.
struct Page: Sendable {
    /// From the package's folder.
    let path: String
    /// Targets of links.
    private(set) var links: [String] = []
    /// What headings are called in links.
    private(set) var anchors: Set<String> = []
    /// What stands between backticks, and the lines of code blocks.
    private(set) var code: [String] = []

    init(path: String, text: String) {
        self.path = path
        var fence: Substring?
        for line in text.split(separator: "\n", omittingEmptySubsequences: false) {
            let start = line.drop { $0 == " " }
            let ticks = start.prefix { $0 == "`" }
            if ticks.count >= 3, fence == nil || fence == ticks {
                fence = fence == nil ? ticks : nil
            } else if fence != nil {
                code.append(String(start))
            } else {
                if line.hasPrefix("#") { addAnchor(line.drop { $0 == "#" }.drop { $0 == " " }) }
                if line.hasPrefix("    "), !start.hasPrefix("|") { code.append(String(start)) }
                read(line)
            }
        }
    }

    private mutating func read(_ line: Substring) {
        for (place, piece) in line.split(separator: "`", omittingEmptySubsequences: false).enumerated() {
            if place % 2 == 1 { code.append(String(piece)) }
        }
        var rest = line[...]
        while let open = rest.firstRange(of: "](") {
            rest = rest[open.upperBound...]
            guard let close = rest.firstIndex(of: ")") else { return }
            links.append(String(rest[..<close]))
        }
    }

    /// As GitHub makes them: small letters, digits, dashes for blanks; a second one of a name is numbered.
    private mutating func addAnchor(_ heading: Substring) {
        let anchor = String(
            heading.lowercased().compactMap { character in
                if character == " " { return "-" }
                return character.isLetter || character.isNumber || character == "-" || character == "_"
                    ? character : nil
            })
        var numbered = anchor
        var number = 0
        while !anchors.insert(numbered).inserted {
            number += 1
            numbered = "\(anchor)-\(number)"
        }
    }
}
