/// A Swift source as the rules read it.
struct SourceFile: Sendable {
    /// From the package's folder.
    let path: String
    let lineCount: Int
    let tokens: [Token]
    let declarations: [Declaration]

    init(path: String, text: String) {
        self.path = path
        lineCount = text.utf8.count { $0 == UInt8(ascii: "\n") }
        tokens = Tokenizer.tokens(of: text)
        declarations = DeclarationReader.declarations(in: tokens)
    }

    /// The modules that it imports.
    var imports: Set<String> {
        var modules: Set<String> = []
        for (index, token) in tokens.enumerated() where token.isWord("import") && index + 1 < tokens.count {
            let next = tokens[index + 1]
            guard next.kind == .word, next.line == token.line else { continue }
            let scoped = Declaration.Kind.allNames.contains(next.text) && index + 2 < tokens.count
            modules.insert(scoped ? tokens[index + 2].text : next.text)
        }
        return modules
    }

    /// What stands in string literals.
    var strings: [Token] { tokens.filter { $0.kind == .string } }

    /// Every word of code.
    var words: Set<String> { Set(tokens.lazy.filter { $0.kind == .word }.map(\.text)) }
}
