/// A target imports what the table says, and the table's arrows point down.
enum ImportRule {
    /// The rooms that give the control plane a service: each has a `static let room` of the type `ServiceRoom`.
    static func services(_ rooms: [(name: String, files: [SourceFile])]) -> Set<String> {
        Set(
            rooms.filter { room in
                room.files.contains { file in
                    file.declarations.contains { declaration in
                        guard declaration.name == "room", declaration.modifiers.contains("static") else { return false }
                        let end = min(declaration.signature.upperBound + 2, file.tokens.count)
                        return file.tokens[declaration.signature.lowerBound..<end].contains { $0.isWord("ServiceRoom") }
                    }
                }
            }.map(\.name))
    }

    /// Where the sources and the table differ.
    static func differences(target: String, imports: Set<String>, allowed: Set<String>) -> Set<String> {
        let imported = imports.subtracting(Toolchain.modules).subtracting([target])
        let unnamed = imported.subtracting(allowed).map {
            "\(target) imports \($0), which its row in docs/architecture.md does not allow"
        }
        let unused = allowed.subtracting(imported).map {
            "docs/architecture.md says that \(target) imports \($0), which it does not"
        }
        return Set(unnamed + unused)
    }

    /// Arrows that do not point down: to a room that stands above, or to itself. Without one there is no circle.
    static func upward(_ rooms: [ImportTable.Row], services: Set<String>) -> Set<String> {
        var found: Set<String> = []
        for (place, room) in rooms.enumerated() {
            for above in rooms[...place] where room.imports.contains(above.name) {
                found.insert("\(room.name) imports \(above.name), which does not stand below it")
            }
            if services.contains(room.name) {
                for other in services.intersection(room.imports) where other != room.name {
                    found.insert("\(room.name) is a service and imports the service \(other)")
                }
            }
        }
        return found
    }

    /// All of Foundation brings its data on languages and calendars into the program.
    static func wholeFoundation(_ files: [SourceFile]) -> Set<String> {
        Set(files.filter { $0.path.hasPrefix("Sources/") && $0.imports.contains("Foundation") }.map(\.path))
    }
}
