/// Reads the rule language of oslo.policy.
///
///     check = "@" │ "!" │ kind ":" text        not binds closest, then and, then or; words in any case
///     kind  = role │ rule │ path of the caller's attributes │ 'constant' │ number │ True │ False │ None
///
/// An empty rule admits everyone. Where oslo.policy turns a malformed rule silently into one that admits nobody, this
/// throws, so that the operator learns of it at start.
struct PolicyParser {
    private enum Token: Equatable {
        case open, close, and, or, not
        case check(String)
    }

    private var tokens: [Token]
    private var position = 0
    private static let deepest = 64

    static func parse(_ source: String) throws(PolicyError) -> PolicyCheck {
        var parser = PolicyParser(tokens: tokenize(source))
        guard !parser.tokens.isEmpty else { return .always }
        let check = try parser.alternatives(depth: 0)
        guard parser.position == parser.tokens.count else {
            throw PolicyError("'\(source)' has text after its end; join checks with 'and' or 'or'")
        }
        return check
    }

    /// The old form: a list of lists of checks. All checks of one list must hold, of any list; `[]` admits everyone.
    static func parse(lists: [[String]]) throws(PolicyError) -> PolicyCheck {
        var any: [PolicyCheck] = []
        for list in lists where !list.isEmpty {
            var all: [PolicyCheck] = []
            for text in list { all.append(try single(text)) }
            any.append(all.count == 1 ? all[0] : .all(all))
        }
        if lists.isEmpty { return .always }
        return any.count == 1 ? any[0] : any.isEmpty ? .never : .any(any)
    }

    private static func tokenize(_ source: String) -> [Token] {
        var tokens: [Token] = []
        for word in source.split(whereSeparator: \.isWhitespace) {
            var rest = word
            while rest.hasPrefix("(") {
                tokens.append(.open)
                rest.removeFirst()
            }
            var closing = 0
            while rest.hasSuffix(")") {
                closing += 1
                rest.removeLast()
            }
            switch rest.lowercased() {
            case "": break
            case "and": tokens.append(.and)
            case "or": tokens.append(.or)
            case "not": tokens.append(.not)
            default: tokens.append(.check(String(rest)))
            }
            for _ in 0..<closing { tokens.append(.close) }
        }
        return tokens
    }

    private mutating func take(_ token: Token) -> Bool {
        guard position < tokens.count, tokens[position] == token else { return false }
        position += 1
        return true
    }

    private mutating func alternatives(depth: Int) throws(PolicyError) -> PolicyCheck {
        guard depth < Self.deepest else { throw PolicyError("a rule is nested deeper than \(Self.deepest) levels") }
        var checks = [try conjunction(depth: depth)]
        while take(.or) { checks.append(try conjunction(depth: depth)) }
        return checks.count == 1 ? checks[0] : .any(checks)
    }

    private mutating func conjunction(depth: Int) throws(PolicyError) -> PolicyCheck {
        var checks = [try operand(depth: depth)]
        while take(.and) { checks.append(try operand(depth: depth)) }
        return checks.count == 1 ? checks[0] : .all(checks)
    }

    private mutating func operand(depth: Int) throws(PolicyError) -> PolicyCheck {
        guard depth < Self.deepest else { throw PolicyError("a rule is nested deeper than \(Self.deepest) levels") }
        if take(.not) { return .not(try operand(depth: depth + 1)) }
        if take(.open) {
            let check = try alternatives(depth: depth + 1)
            guard take(.close) else { throw PolicyError("an opening parenthesis is never closed") }
            return check
        }
        guard position < tokens.count else { throw PolicyError("a check is missing at the end") }
        guard case .check(let text) = tokens[position] else {
            throw PolicyError("a check is missing before '\(Self.name(tokens[position]))'")
        }
        position += 1
        return try Self.single(text)
    }

    private static func name(_ token: Token) -> String {
        switch token {
        case .open: "("
        case .close: ")"
        case .and: "and"
        case .or: "or"
        case .not: "not"
        case .check(let text): text
        }
    }

    private static func single(_ text: String) throws(PolicyError) -> PolicyCheck {
        if text == "@" { return .always }
        if text == "!" { return .never }
        guard let colon = text.firstIndex(of: ":") else {
            throw PolicyError("'\(text)' is no check; one is written 'kind:value', '@' (everyone) or '!' (nobody)")
        }
        let kind = text[..<colon]
        let value = text[text.index(after: colon)...]
        switch kind {
        case "": throw PolicyError("'\(text)' names no kind of check before its colon")
        case "http", "https":
            throw PolicyError("'\(text)' calls a remote server, which is not supported; use roles and attributes")
        case "rule":
            guard !value.isEmpty else { throw PolicyError("'rule:' names no rule") }
            return .rule(String(value))
        case "role":
            guard !value.isEmpty else { throw PolicyError("'role:' names no role") }
            return .role(try PolicyText(value))
        default: break
        }
        if let constant = try constant(kind) { return .constant(constant, try PolicyText(value)) }
        return .attribute(String(kind), try PolicyText(value))
    }

    private static func constant(_ kind: Substring) throws(PolicyError) -> PolicyCheck.Constant? {
        if let quote = kind.first, quote == "'" || quote == "\"" {
            let inner = kind.dropFirst().dropLast()
            guard kind.count >= 2, kind.last == quote, !inner.contains("'"), !inner.contains("\"") else {
                throw PolicyError("\(kind) is a constant whose quotation marks do not match")
            }
            return PolicyCheck.Constant(value: String(inner), isQuoted: true)
        }
        let digits = kind.hasPrefix("-") ? kind.dropFirst() : kind
        let isNumber = !digits.isEmpty && digits.utf8.allSatisfy { (48...57).contains($0) }
        guard isNumber || kind == "True" || kind == "False" || kind == "None" else { return nil }
        return PolicyCheck.Constant(value: String(kind), isQuoted: false)
    }
}
