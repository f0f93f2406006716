/// Cuts Swift into tokens: enough of the language to tell code from strings and comments, and no more.
///
/// A library that knows all of Swift would take longer to build than everything that is checked here.
struct Tokenizer {
    private let bytes: [UInt8]
    private var at = 0
    private var line = 1
    private var tokens: [Token] = []

    static func tokens(of text: String) -> [Token] {
        var tokenizer = Tokenizer(bytes: Array(text.utf8))
        tokenizer.readCode(insideString: false)
        return tokenizer.tokens
    }

    private init(bytes: [UInt8]) { self.bytes = bytes }

    private func byte(_ offset: Int = 0) -> UInt8 { at + offset < bytes.count ? bytes[at + offset] : 0 }

    private func text(from start: Int) -> String { String(decoding: bytes[start..<at], as: UTF8.self) }

    private mutating func append(_ kind: Token.Kind, _ text: String, from first: Int) {
        tokens.append(Token(kind: kind, text: text, line: first, lastLine: line))
    }

    /// To the end, or to the parenthesis that closes an interpolation.
    private mutating func readCode(insideString: Bool) {
        var depth = 0
        while at < bytes.count {
            let here = bytes[at]
            switch here {
            case UInt8(ascii: "\n"):
                line += 1
                at += 1
            case UInt8(ascii: " "), UInt8(ascii: "\t"), UInt8(ascii: "\r"):
                at += 1
            case UInt8(ascii: "/") where byte(1) == UInt8(ascii: "/"): readLineComment()
            case UInt8(ascii: "/") where byte(1) == UInt8(ascii: "*"): readBlockComment()
            case UInt8(ascii: "/") where beginsRegex: readRegex()
            case UInt8(ascii: "\""): readString(hashes: 0)
            case UInt8(ascii: "#") where hashesBeforeQuote > 0: readString(hashes: hashesBeforeQuote)
            case UInt8(ascii: "`"): readQuotedWord()
            case let here where Self.beginsWord(here): readWord()
            case let here where Self.isDigit(here): readNumber()
            default:
                if here == UInt8(ascii: "(") { depth += 1 }
                if here == UInt8(ascii: ")") {
                    if insideString, depth == 0 { return }
                    depth -= 1
                }
                at += 1
                append(.mark, String(UnicodeScalar(here)), from: line)
            }
        }
    }

    private static func isDigit(_ byte: UInt8) -> Bool { (48...57).contains(byte) }

    private static func beginsWord(_ byte: UInt8) -> Bool {
        (97...122).contains(byte) || (65...90).contains(byte) || byte == UInt8(ascii: "_") || byte == UInt8(ascii: "$")
            || byte >= 0x80
    }

    private mutating func readWord() {
        let start = at
        while at < bytes.count, Self.beginsWord(bytes[at]) || Self.isDigit(bytes[at]) { at += 1 }
        append(.word, text(from: start), from: line)
    }

    private mutating func readQuotedWord() {
        at += 1
        let start = at
        while at < bytes.count, bytes[at] != UInt8(ascii: "`"), bytes[at] != UInt8(ascii: "\n") { at += 1 }
        tokens.append(
            Token(kind: .word, text: text(from: start), line: line, lastLine: line, isQuoted: true))
        at += 1
    }

    private mutating func readNumber() {
        let start = at
        while at < bytes.count, Self.isDigit(bytes[at]) || Self.beginsWord(bytes[at]) || isDecimalPoint { at += 1 }
        append(.number, text(from: start), from: line)
    }

    private var isDecimalPoint: Bool { byte() == UInt8(ascii: ".") && Self.isDigit(byte(1)) }

    private mutating func readLineComment() {
        let start = at
        while at < bytes.count, bytes[at] != UInt8(ascii: "\n") { at += 1 }
        append(.comment, text(from: start), from: line)
    }

    private mutating func readBlockComment() {
        let start = at
        let first = line
        var depth = 0
        repeat {
            if byte() == UInt8(ascii: "/"), byte(1) == UInt8(ascii: "*") {
                depth += 1
                at += 2
            } else if byte() == UInt8(ascii: "*"), byte(1) == UInt8(ascii: "/") {
                depth -= 1
                at += 2
            } else {
                if byte() == UInt8(ascii: "\n") { line += 1 }
                at += 1
            }
        } while at < bytes.count && depth > 0
        append(.comment, text(from: start), from: first)
    }

    /// A slash where no operand stands before it, with something directly after it.
    private var beginsRegex: Bool {
        guard byte(1) != UInt8(ascii: " "), let before = tokens.last(where: { $0.kind != .comment }) else {
            return false
        }
        return before.kind == .mark && "(,=:[{".contains(before.text)
    }

    private mutating func readRegex() {
        at += 1
        let start = at
        while at < bytes.count, bytes[at] != UInt8(ascii: "/"), bytes[at] != UInt8(ascii: "\n") {
            at += bytes[at] == UInt8(ascii: "\\") ? 2 : 1
        }
        append(.string, text(from: start), from: line)
        at += 1
    }

    private var hashesBeforeQuote: Int {
        var count = 0
        while byte(count) == UInt8(ascii: "#") { count += 1 }
        return byte(count) == UInt8(ascii: "\"") ? count : 0
    }

    private func standsHere(_ mark: Character, times: Int, offset: Int = 0) -> Bool {
        for index in 0..<times where byte(offset + index) != mark.asciiValue { return false }
        return true
    }

    /// The string's own token, with a blank for each interpolation, and then the tokens of what is interpolated.
    private mutating func readString(hashes: Int) {
        let first = line
        let slot = tokens.count
        at += hashes
        let quotes = standsHere("\"", times: 3) ? 3 : 1
        at += quotes
        var piece: [UInt8] = []
        while at < bytes.count {
            if standsHere("\"", times: quotes), standsHere("#", times: hashes, offset: quotes) { break }
            if byte() == UInt8(ascii: "\\"), standsHere("#", times: hashes, offset: 1) {
                at += 1 + hashes
                if byte() == UInt8(ascii: "(") {
                    at += 1
                    readCode(insideString: true)
                    piece.append(UInt8(ascii: " "))
                } else if byte() == UInt8(ascii: "n") {
                    piece.append(UInt8(ascii: "\n"))
                } else {
                    if byte() == UInt8(ascii: "\n") { line += 1 } else { piece.append(byte()) }
                }
            } else {
                if byte() == UInt8(ascii: "\n") { line += 1 }
                piece.append(byte())
            }
            at += 1
        }
        at += quotes + hashes
        let string = Token(
            kind: .string, text: String(decoding: piece, as: UTF8.self), line: first, lastLine: line)
        tokens.insert(string, at: slot)
    }
}
