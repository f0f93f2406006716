/// Finds what a source declares; what stands inside a function belongs to the function.
struct DeclarationReader {
    private enum Scope {
        case declaration(Int)
        case other
    }

    private let tokens: [Token]
    private var declarations: [Declaration] = []
    private var scopes: [Scope] = []
    /// Open parentheses and brackets in each scope.
    private var depths = [0]
    /// The body that begins at a token, of a declaration already read.
    private var bodies: [Int: Int] = [:]

    static func declarations(in tokens: [Token]) -> [Declaration] {
        var reader = DeclarationReader(tokens: tokens)
        reader.read()
        return reader.declarations
    }

    private init(tokens: [Token]) { self.tokens = tokens }

    private mutating func read() {
        for index in tokens.indices {
            let token = tokens[index]
            switch token.kind {
            case .mark: readMark(token.text, index)
            case .word where depths.last == 0 && standsAmongDeclarations:
                if let kind = Declaration.Kind(rawValue: token.text) { readDeclaration(kind, index) }
            default: break
            }
        }
    }

    private mutating func readMark(_ mark: String, _ index: Int) {
        switch mark {
        case "{":
            scopes.append(bodies[index].map(Scope.declaration) ?? .other)
            depths.append(0)
        case "}":
            guard let scope = scopes.popLast() else { return }
            depths.removeLast()
            if case .declaration(let number) = scope {
                declarations[number].tokens = declarations[number].tokens.lowerBound..<index + 1
                declarations[number].lines = declarations[number].lines.lowerBound...tokens[index].lastLine
            }
        case "(", "[": depths[depths.count - 1] += 1
        case ")", "]": depths[depths.count - 1] -= 1
        default: break
        }
    }

    private var standsAmongDeclarations: Bool {
        guard let scope = scopes.last else { return true }
        guard case .declaration(let number) = scope else { return false }
        return declarations[number].kind.isType
    }

    private var innermost: Declaration? {
        if case .declaration(let number)? = scopes.last { declarations[number] } else { nil }
    }

    private func code(after index: Int) -> Int? {
        var next = index + 1
        while next < tokens.count, tokens[next].kind == .comment { next += 1 }
        return next < tokens.count ? next : nil
    }

    private func code(before index: Int) -> Int? {
        var previous = index - 1
        while previous >= 0, tokens[previous].kind == .comment { previous -= 1 }
        return previous >= 0 ? previous : nil
    }

    private mutating func readDeclaration(_ kind: Declaration.Kind, _ index: Int) {
        guard let next = code(after: index) else { return }
        if let before = code(before: index), tokens[before].isMark(".") { return }
        switch kind {
        case .classType where ["func", "var", "let", "subscript"].contains(tokens[next].text): return
        case .enumCase where innermost?.kind != .enumeration: return
        case .initializer, .subscripted:
            guard ["(", "<", "?", "!"].contains(tokens[next].text) else { return }
        case .deinitializer:
            guard tokens[next].isMark("{") else { return }
        case .function:
            guard tokens[next].kind == .word || tokens[next].kind == .mark else { return }
        default:
            guard tokens[next].kind == .word || tokens[next].isMark("(") else { return }
        }
        let (start, modifiers) = leading(index)
        let (end, hasBody) = signatureEnd(kind, index)
        let number = declarations.count
        if hasBody { bodies[end] = number }
        declarations.append(
            Declaration(
                kind: kind, name: name(kind, index, end), modifiers: modifiers, comment: comment(above: start),
                signature: start..<end, tokens: start..<end,
                lines: tokens[start].line...tokens[max(start, end - 1)].lastLine,
                enclosing: scopes.compactMap { if case .declaration(let number) = $0 { number } else { nil } },
                hasBody: hasBody))
    }

    private func name(_ kind: Declaration.Kind, _ index: Int, _ end: Int) -> String {
        guard ![.initializer, .deinitializer, .subscripted].contains(kind), let first = code(after: index) else {
            return kind.rawValue
        }
        if kind == .extended {
            var last = first
            var next = first + 1
            while next + 1 < end, tokens[next].isMark("."), tokens[next + 1].kind == .word {
                last = next + 1
                next += 2
            }
            return tokens[last].text
        }
        return tokens[first].kind == .word ? tokens[first].text : ""
    }

    private static let modifierWords: Set<String> = [
        "public", "open", "package", "internal", "private", "fileprivate", "static", "class", "final", "override",
        "mutating", "nonmutating", "lazy", "weak", "unowned", "indirect", "nonisolated", "isolated", "consuming",
        "borrowing", "convenience", "required", "dynamic", "prefix", "postfix", "infix", "unsafe", "distributed",
    ]

    /// The first token of a declaration with its attributes and modifiers, and what they are.
    private func leading(_ keyword: Int) -> (start: Int, modifiers: Set<String>) {
        var start = keyword
        var modifiers: Set<String> = []
        while var previous = code(before: start) {
            if tokens[previous].isMark(")") {
                var depth = 0
                repeat {
                    if tokens[previous].isMark(")") { depth += 1 }
                    if tokens[previous].isMark("(") { depth -= 1 }
                    previous -= 1
                } while previous > 0 && depth > 0
                guard tokens[previous].kind == .word, isLeading(previous) else { break }
            }
            guard tokens[previous].kind == .word, isLeading(previous) else { break }
            let arguments = previous + 1 < start && tokens[previous + 1].isMark("(")
            if !arguments { modifiers.insert(tokens[previous].text) }
            start = isAttribute(previous) ? previous - 1 : previous
        }
        return (start, modifiers)
    }

    private func isAttribute(_ index: Int) -> Bool { index > 0 && tokens[index - 1].isMark("@") }

    private func isLeading(_ index: Int) -> Bool {
        isAttribute(index) || !tokens[index].isQuoted && Self.modifierWords.contains(tokens[index].text)
    }

    /// Where the body begins, or where the declaration ends when it has none.
    private func signatureEnd(_ kind: Declaration.Kind, _ index: Int) -> (end: Int, hasBody: Bool) {
        let isRequirement = innermost?.kind == .protocolType
        let endsWithLine: Bool =
            switch kind {
            case .variable, .constant, .alias, .associated, .enumCase: true
            case .function, .initializer, .subscripted: isRequirement
            default: false
            }
        var depth = 0
        var last = index
        var position = index + 1
        while position < tokens.count {
            let token = tokens[position]
            if token.kind == .comment {
                position += 1
                continue
            }
            if depth == 0, endsWithLine, token.line > tokens[last].lastLine, !goesOn(last, position) {
                return (position, false)
            }
            if token.kind == .mark {
                switch token.text {
                case "(", "[": depth += 1
                case ")", "]": depth -= 1
                case "{" where depth == 0: return (position, kind != .constant)
                case "}" where depth == 0: return (position, false)
                case "=" where depth == 0 && (kind == .variable || kind == .constant): return (position, false)
                default: break
                }
            }
            last = position
            position += 1
        }
        return (position, false)
    }

    /// Whether a declaration goes on in the line of `next`.
    private func goesOn(_ last: Int, _ next: Int) -> Bool {
        [",", ":", "&", ">", ".", "="].contains(tokens[last].text) && tokens[last].kind == .mark
            && !Declaration.Kind.allNames.contains(tokens[next].text)
            || ["where", "throws", "async", "rethrows"].contains(tokens[next].text)
            || tokens[next].isMark("-") || tokens[next].isMark("&") || tokens[next].isMark("=")
    }

    private func comment(above start: Int) -> String {
        var lines: [String] = []
        var position = start - 1
        var expected = tokens[start].line
        while position >= 0, tokens[position].kind == .comment, tokens[position].lastLine == expected - 1 {
            // One that ends a line of code belongs to that line.
            if position > 0, tokens[position - 1].kind != .comment,
                tokens[position - 1].lastLine == tokens[position].line
            {
                break
            }
            lines.append(tokens[position].text)
            expected = tokens[position].line
            position -= 1
        }
        return lines.reversed().joined(separator: "\n")
    }
}
