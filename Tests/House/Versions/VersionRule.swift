/// APIs name their versions: a number stands only in a service's list of versions, `Versions/`, with a sentence of what it brings, and in a
/// family of APIs, `Families/`, which names its first and its newest, and those that change every response.
enum VersionRule {
    static func findings(_ file: SourceFile) -> Set<String> {
        let folders = file.path.split(separator: "/")
        let isList = folders.contains("Versions") || folders.contains("Families")
        var found: Set<String> = []
        for index in file.tokens.indices.dropLast(2) where file.tokens[index + 1].isMark("(") {
            let token = file.tokens[index]
            guard file.tokens[index + 2].kind == .number, !isBound(index, file) else { continue }
            if token.isWord("Microversion") || (token.isWord("APIVersion") && !isList) {
                found.insert("\(file.path):\(token.line): a version's number, where its name should stand")
            }
        }
        return found
    }

    /// `minimum = Microversion(1, 0)`
    private static func isBound(_ index: Int, _ file: SourceFile) -> Bool {
        guard index >= 2, file.tokens[index - 1].isMark("=") else { return false }
        return file.tokens[index - 2].isWord("minimum") || file.tokens[index - 2].isWord("maximum")
    }
}
