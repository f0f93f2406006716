/// A Python source as the rules read it: its functions, told by their indent.
struct PythonFile: Sendable {
    struct Function: Sendable {
        let name: String
        /// From `def` to the last line of its body.
        let lines: Int
    }

    let lineCount: Int
    private(set) var functions: [Function] = []

    private struct Open {
        let place: Int
        let name: String
        let indent: Int
        let start: Int
        var last: Int
    }

    init(_ text: String) {
        let lines = text.split(separator: "\n", omittingEmptySubsequences: false)
        lineCount = text.utf8.count { $0 == UInt8(ascii: "\n") }
        var open: [Open] = []
        var found: [(place: Int, function: Function)] = []
        var count = 0
        /// What closes the text of several lines that a line is in.
        var quotes: [UInt8] = []
        /// Open parentheses and brackets before the line.
        var depth = 0
        func close(_ function: Open) {
            found.append((function.place, Function(name: function.name, lines: function.last - function.start + 1)))
        }
        for (number, line) in lines.enumerated() {
            let indent = line.prefix { $0 == " " }.count
            let code = line.dropFirst(indent)
            if quotes.isEmpty, depth == 0, !code.isEmpty, !code.hasPrefix("#") {
                while let inner = open.last, inner.indent >= indent {
                    close(inner)
                    open.removeLast()
                }
                if let name = Self.name(code) {
                    open.append(Open(place: count, name: name, indent: indent, start: number, last: number))
                    count += 1
                }
            }
            if !code.isEmpty, !quotes.isEmpty || !code.hasPrefix("#") {
                for index in open.indices { open[index].last = number }
            }
            Self.scan(line, &quotes, &depth)
        }
        open.reversed().forEach(close)
        functions = found.sorted { $0.place < $1.place }.map(\.function)
    }

    private static func name(_ code: Substring) -> String? {
        let words = code.split(separator: " ", maxSplits: 2)
        guard let keyword = words.firstIndex(of: "def"), keyword < 2, keyword == 0 || words[0] == "async",
            keyword + 1 < words.count
        else { return nil }
        return String(words[keyword + 1].prefix { $0 != "(" })
    }

    /// Follows texts of several lines and parentheses over one line.
    private static func scan(_ line: Substring, _ quotes: inout [UInt8], _ depth: inout Int) {
        let bytes = Array(line.utf8)
        var place = 0
        while place < bytes.count {
            let byte = bytes[place]
            if !quotes.isEmpty {
                if bytes[place...].starts(with: quotes) {
                    place += quotes.count
                    quotes = []
                } else {
                    place += byte == UInt8(ascii: "\\") ? 2 : 1
                }
                continue
            }
            switch byte {
            case UInt8(ascii: "#"): return
            case UInt8(ascii: "\""), UInt8(ascii: "'"):
                let triple = [byte, byte, byte]
                quotes = bytes[place...].starts(with: triple) ? triple : [byte]
                place += quotes.count
                continue
            case UInt8(ascii: "("), UInt8(ascii: "["), UInt8(ascii: "{"): depth += 1
            case UInt8(ascii: ")"), UInt8(ascii: "]"), UInt8(ascii: "}"): depth -= 1
            default: break
            }
            place += 1
        }
        // A text of one line ends with it.
        if quotes.count == 1 { quotes = [] }
    }
}
