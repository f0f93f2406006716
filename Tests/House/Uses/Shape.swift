/// In which forms a declaration can be used.
struct Shape: Sendable {
    private let isFunction: Bool
    /// Labels of parameters; nil for one without.
    private var labels: [String?] = []
    /// Whether a call may have no argument.
    private var mayBeEmpty = true

    init(_ declaration: Declaration, _ file: SourceFile) {
        isFunction = declaration.kind == .function
        guard isFunction else { return }
        let tokens = file.tokens[declaration.signature].filter { $0.kind != .comment }
        guard let name = tokens.firstIndex(where: { $0.isWord("func") }).map({ $0 + 1 }),
            let open = tokens[min(name, tokens.count)...].firstIndex(where: { $0.isMark("(") })
        else { return }
        var depth = 0
        var begins = true
        func end() { if !isDefaulted { mayBeEmpty = false } }
        var isDefaulted = false
        for index in open..<tokens.count {
            let token = tokens[index]
            if token.kind == .mark {
                switch token.text {
                case "(", "[", "{": depth += 1
                case ")", "]", "}":
                    depth -= 1
                    if depth == 0 {
                        if !labels.isEmpty { end() }
                        return
                    }
                case "," where depth == 1:
                    end()
                    (begins, isDefaulted) = (true, false)
                case "=" where depth == 1: isDefaulted = true
                default: break
                }
            } else if begins, depth == 1, token.kind == .word {
                labels.append(token.text == "_" ? nil : token.text)
                begins = false
            }
        }
    }

    func admits(_ form: UseIndex.Form) -> Bool {
        guard isFunction else { return true }
        switch form {
        case .value: return true
        case .empty: return mayBeEmpty
        case .closure: return !labels.isEmpty
        case .call(let label): return labels.contains(label)
        }
    }
}
