/// What a head can hold: a file of at most 400 lines, a function of at most 80.
enum SizeRule {
    static let fileLines = 400
    static let functionLines = 80

    static func findings(_ file: SourceFile) -> Set<String> {
        var found: Set<String> = []
        if file.lineCount > fileLines { found.insert(message(file.path, lines: file.lineCount)) }
        for declaration in file.declarations where declaration.hasBody && !declaration.kind.isType {
            let lines = declaration.lines.count
            if lines > functionLines { found.insert("\(file.path): `\(declaration.name)` has \(lines) lines") }
        }
        return found
    }

    static func message(_ path: String, lines: Int) -> String { "\(path) has \(lines) lines" }
}
