/// Where words stand in code as uses: in which target and file, and in which form.
struct UseIndex: Sendable {
    /// What stands behind a name where it is used.
    enum Form: Sendable, Equatable {
        /// Called without an argument.
        case empty
        /// Called with a closure alone, which may be the body of something else.
        case closure
        /// Called, and the first argument has this label; nil when it has none.
        case call(label: String?)
        /// Neither called nor a label; or called without an argument before a brace, which may be its closure.
        case value
    }

    struct Use: Sendable {
        let target: String
        let path: String
        let form: Form
    }

    private(set) var uses: [String: [Use]] = [:]

    /// Of the words in `names`; a declaration's own name is no use of it.
    mutating func add(_ file: SourceFile, of target: String, names: Set<String>) {
        let tokens = file.tokens.filter { $0.kind != .comment }
        for (index, token) in tokens.enumerated() where token.kind == .word && names.contains(token.text) {
            if index > 0, tokens[index - 1].kind == .word, Self.introducers.contains(tokens[index - 1].text) {
                continue
            }
            guard let form = Self.form(tokens, index) else { continue }
            uses[token.text, default: []].append(Use(target: target, path: file.path, form: form))
        }
    }

    private static let introducers = Declaration.Kind.allNames.subtracting(["case", "init", "extension"])

    private static func form(_ tokens: [Token], _ index: Int) -> Form? {
        guard index + 1 < tokens.count else { return .value }
        let next = tokens[index + 1]
        let isMember = index > 0 && tokens[index - 1].isMark(".")
        if next.isMark(":"), !isMember { return nil }
        if next.isMark("{") { return .closure }
        guard next.isMark("("), index + 2 < tokens.count else { return .value }
        if tokens[index + 2].isMark(")") {
            return index + 3 < tokens.count && tokens[index + 3].isMark("{") ? .value : .empty
        }
        let isLabel = tokens[index + 2].kind == .word && index + 3 < tokens.count && tokens[index + 3].isMark(":")
        return .call(label: isLabel ? tokens[index + 2].text : nil)
    }
}
