/// What is `public` is named by another target, or stands in the signature of something public.
enum PublicRule {
    /// What the language names where it is used: a property wrapper's members.
    private static let namedByTheLanguage: Set<String> = ["wrappedValue", "projectedValue"]

    static func findings(_ files: [SourceFile], target: String, index: WordIndex, requirements: Set<String>) -> Set<
        String
    > {
        var exposed: Set<String> = []
        for file in files {
            for declaration in file.declarations where isExposed(declaration, file) {
                exposed.formUnion(words(declaration, file))
            }
        }
        let defaults = Set(files.flatMap(Self.defaults))
        var found: Set<String> = []
        for file in files {
            for declaration in file.declarations where declaration.isPublic {
                let name = declaration.name
                switch declaration.kind {
                case .initializer, .deinitializer, .subscripted, .extended: continue
                default: break
                }
                if name.isEmpty || namedByTheLanguage.contains(name) || requirements.contains(name) { continue }
                if index.isNamed(name, outside: target) { continue }
                let isNamedType = declaration.kind.isType || declaration.kind == .alias
                if isNamedType, exposed.contains(name) { continue }
                if defaults.contains(name) { continue }
                found.insert("\(file.path): `\(name)`")
            }
        }
        return found
    }

    /// The words of default values in the signatures of what is public: callers have them compiled in.
    private static func defaults(_ file: SourceFile) -> [String] {
        file.declarations.filter { $0.isPublic && ($0.kind == .function || $0.kind == .initializer) }.flatMap {
            declaration in
            var words: [String] = []
            var isDefault = false
            for token in file.tokens[declaration.signature] {
                if token.isMark("=") { isDefault = true }
                if token.isMark(",") { isDefault = false }
                if isDefault, token.kind == .word { words.append(token.text) }
            }
            return words
        }
    }

    private static func isExposed(_ declaration: Declaration, _ file: SourceFile) -> Bool {
        if declaration.isPublic || declaration.modifiers.contains("package") { return true }
        guard let around = declaration.enclosing.last.map({ file.declarations[$0] }) else { return false }
        return around.isPublic && (around.kind == .protocolType || declaration.kind == .enumCase)
    }

    /// The words of its signature but its own name, with the type of a value that is set to `Type(…)`.
    private static func words(_ declaration: Declaration, _ file: SourceFile) -> [String] {
        let end = declaration.signature.upperBound
        let isSet = end + 1 < file.tokens.count && file.tokens[end].isMark("=")
        return file.tokens[declaration.signature.lowerBound..<(isSet ? end + 2 : end)]
            .filter { $0.kind == .word && $0.text != declaration.name }.map(\.text)
    }
}
