/// Nothing stands in the sources that only tests call, or nobody.
enum CallRule {
    /// `index` covers what is shipped or measured, and no tests.
    static func findings(_ files: [SourceFile], index: WordIndex) -> Set<String> {
        var declared: [String: Int] = [:]
        for file in files {
            for declaration in file.declarations { declared[declaration.name, default: 0] += 1 }
        }
        var found: Set<String> = []
        for file in files {
            for declaration in file.declarations where isCallable(declaration, file) {
                let name = declaration.name
                if name.isEmpty || Requirements.known.contains(name) { continue }
                if index.counts[name, default: 0] <= declared[name, default: 0] {
                    found.insert("\(file.path): `\(name)`")
                }
            }
        }
        return found
    }

    /// Cases and stored values may be read and written by their words on the wire; what has an attribute, by what that means.
    private static func isCallable(_ declaration: Declaration, _ file: SourceFile) -> Bool {
        switch declaration.kind {
        case .enumCase, .initializer, .deinitializer, .subscripted, .extended, .associated: return false
        case .variable, .constant:
            let isStored = !declaration.hasBody && !declaration.modifiers.contains("static")
            if isStored { return false }
        default: break
        }
        let hasAttribute = file.tokens[declaration.signature].contains { $0.isMark("@") }
        return !hasAttribute || declaration.isPublic
    }
}
