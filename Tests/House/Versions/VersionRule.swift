/// The services name the versions of their APIs: a number stands only in a service's list of versions, `Versions/`, with a
/// sentence of what it brings.
enum VersionRule {
    static func findings(_ file: SourceFile) -> Set<String> {
        let isList = file.path.split(separator: "/").contains("Versions")
        var found: Set<String> = []
        for index in file.tokens.indices.dropLast(2) where file.tokens[index + 1].isMark("(") {
            let token = file.tokens[index]
            guard file.tokens[index + 2].kind == .number else { continue }
            if token.isWord("Microversion") || (token.isWord("APIVersion") && !isList) {
                found.insert("\(file.path):\(token.line): a version's number, where its name should stand")
            }
        }
        return found
    }
}
