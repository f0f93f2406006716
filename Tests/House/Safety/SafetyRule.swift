/// Each `unsafe` stands under a comment that says why it is safe: `Safe: …` or `Safe because …`, in the function it stands in,
/// above the function or a type around it, or at the head of the file.
enum SafetyRule {
    /// Lines with an `unsafe` that nothing justifies.
    static func unjustified(_ file: SourceFile) -> [Int] {
        let uses = file.tokens.indices.filter { file.tokens[$0].isWord("unsafe") && isUse($0, file) }
        guard !uses.isEmpty, !justifies(header(file)) else { return [] }
        return uses.filter { use in
            !file.declarations.contains { declaration in
                guard declaration.tokens.contains(use) else { return false }
                if justifies(declaration.comment) { return true }
                guard !declaration.kind.isType else { return false }
                return file.tokens[declaration.tokens].contains { $0.kind == .comment && justifies($0.text) }
            }
        }.map { file.tokens[$0].line }
    }

    /// `@unsafe` and `unowned(unsafe)` mark what its users must justify.
    private static func isUse(_ index: Int, _ file: SourceFile) -> Bool {
        guard index > 0 else { return true }
        return !file.tokens[index - 1].isMark("@") && !file.tokens[index - 1].isMark("(")
            || index + 1 < file.tokens.count && !file.tokens[index + 1].isMark(")")
                && !file.tokens[index - 1].isMark("@")
    }

    private static func header(_ file: SourceFile) -> String {
        file.tokens.prefix { $0.kind == .comment }.map(\.text).joined(separator: "\n")
    }

    private static func justifies(_ comment: String) -> Bool {
        comment.contains("Safe: ") || comment.contains("Safe because ") || comment.contains("Safety: ")
    }
}
