/// Each `unsafe` stands under a comment that says why it is safe: `Safe: …` or `Safe because …`, in the function it stands in,
/// above the function, or above a type around it that is small enough to be seen at once.
enum SafetyRule {
    static let typeLines = 60

    /// Lines with an `unsafe` that nothing justifies.
    static func unjustified(_ file: SourceFile) -> [Int] {
        let uses = file.tokens.indices.filter { file.tokens[$0].isWord("unsafe") && isUse($0, file) }
        return uses.filter { use in
            !file.declarations.contains { declaration in
                guard declaration.tokens.contains(use) else { return false }
                if declaration.kind.isType {
                    return declaration.lines.count <= typeLines && justifies(declaration.comment)
                }
                if justifies(declaration.comment) { return true }
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

    private static func justifies(_ comment: String) -> Bool {
        comment.contains("Safe: ") || comment.contains("Safe because ") || comment.contains("Safety: ")
    }
}
