/// One piece of a source text.
struct Token: Sendable {
    enum Kind: Sendable {
        case word, number, string, comment, mark
    }

    let kind: Kind
    /// A word without its backticks, what stands between a string's quotes, one byte of punctuation, a comment with its slashes.
    let text: String
    let line: Int
    /// Where it ends; other than `line` for strings and comments of several lines.
    let lastLine: Int
    /// A word in backticks: a name, whatever it is otherwise in the language.
    var isQuoted = false

    func isMark(_ mark: String) -> Bool { kind == .mark && text == mark }
    func isWord(_ word: String) -> Bool { kind == .word && text == word }
}
