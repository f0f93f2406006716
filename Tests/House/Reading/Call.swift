/// The arguments of a call in a manifest.
struct Call {
    struct Argument {
        let label: String?
        let tokens: [Token]

        /// The one string that it is.
        var string: String? { tokens.count == 1 && tokens[0].kind == .string ? tokens[0].text : nil }
        var isNil: Bool { tokens.count == 1 && tokens[0].isWord("nil") }

        /// The elements of an array of strings and of names that stand for products.
        func names(_ products: [String: String]) -> Set<String> {
            Set(
                tokens.compactMap { token in
                    switch token.kind {
                    case .string: token.text
                    case .word: products[token.text]
                    default: nil
                    }
                })
        }
    }

    private var arguments: [Argument] = []

    init(_ tokens: [Token], open: Int) {
        var depth = 0
        var current: [Token] = []
        for token in tokens[open...] {
            if token.kind == .mark {
                switch token.text {
                case "(", "[", "{": depth += 1
                case ")", "]", "}": depth -= 1
                default: break
                }
                if depth == 0 { break }
                if depth == 1, token.text == "," {
                    add(current)
                    current = []
                    continue
                }
            }
            if depth > 1 || !token.isMark("(") { current.append(token) }
        }
        add(current)
    }

    private mutating func add(_ tokens: [Token]) {
        guard let first = tokens.first else { return }
        if first.kind == .word, tokens.count > 1, tokens[1].isMark(":") {
            arguments.append(Argument(label: first.text, tokens: Array(tokens.dropFirst(2))))
        } else {
            arguments.append(Argument(label: nil, tokens: tokens))
        }
    }

    /// The argument with a label.
    subscript(_ label: String) -> Argument? { arguments.first { $0.label == label } }

    /// An argument without label, counted from 0.
    subscript(_ place: Int) -> Argument? {
        arguments.count > place && arguments[place].label == nil ? arguments[place] : nil
    }
}
