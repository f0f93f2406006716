/// What a head can hold: a file of fewer than 400 lines, a function of fewer than 80, in Swift and in Python.
enum SizeRule {
    static let fileLines = 400
    static let functionLines = 80

    static func findings(_ file: SourceFile) -> Set<String> {
        var found: Set<String> = []
        if file.lineCount >= fileLines { found.insert(message(file.path, lines: file.lineCount)) }
        for declaration in file.declarations where declaration.hasBody && !declaration.kind.isType {
            let lines = declaration.lines.count
            if lines >= functionLines { found.insert("\(file.path): `\(declaration.name)` has \(lines) lines") }
        }
        return found
    }

    /// Of a Python file.
    static func findings(python text: String, path: String) -> Set<String> {
        let file = PythonFile(text)
        var found: Set<String> = []
        if file.lineCount >= fileLines { found.insert(message(path, lines: file.lineCount)) }
        for function in file.functions where function.lines >= functionLines {
            found.insert("\(path): `\(function.name)` has \(function.lines) lines")
        }
        return found
    }

    static func message(_ path: String, lines: Int) -> String { "\(path) has \(lines) lines" }
}
