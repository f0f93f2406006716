/// Nothing stands in the sources that only tests call, or nobody. A use counts where the declaration can be seen, and when it has the
/// form that the declaration asks for: `cancel(subject:)` is not called by `task.cancel()`.
enum CallRule {
    struct Room {
        let name: String
        let imports: Set<String>
        let files: [SourceFile]
    }

    /// `rooms` is what is shipped; `users` are all that may call it, and no tests.
    static func findings(_ rooms: [Room], users: [Room]) -> Set<String> {
        let names = Set(rooms.flatMap(\.files).flatMap { $0.declarations.map(\.name) })
        var index = UseIndex()
        for user in users {
            for file in user.files { index.add(file, of: user.name, names: names) }
        }
        // Who implements what a protocol asks for may be called through it, by rooms that do not see the implementation.
        let requirements = Requirements.names(in: rooms.flatMap(\.files)).subtracting(Requirements.known)
        var found: Set<String> = []
        for room in rooms {
            let seeing = Set(users.filter { $0.imports.contains(room.name) }.map(\.name)).union([room.name])
            for file in room.files {
                for declaration in file.declarations where isCallable(declaration, file) {
                    let name = declaration.name
                    if name.isEmpty || Requirements.known.contains(name) { continue }
                    let shape = Shape(declaration, file)
                    let isUsed = index.uses[name, default: []].contains { use in
                        (requirements.contains(name) || seeing.contains(use.target)) && shape.admits(use.form)
                    }
                    if !isUsed { found.insert("\(file.path): `\(name)`") }
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
