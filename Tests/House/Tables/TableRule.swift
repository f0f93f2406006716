/// A table of the database belongs to the room whose migration makes it; no other room's SQL names it.
enum TableRule {
    struct Room {
        let name: String
        let files: [SourceFile]
    }

    private static let statements: Set<String> = [
        "SELECT", "INSERT", "UPDATE", "DELETE", "CREATE", "ALTER", "DROP", "FROM", "JOIN",
    ]
    private static let beforeTable: Set<String> = [
        "FROM", "JOIN", "INTO", "UPDATE", "TABLE", "ON", "REFERENCES", "EXISTS", ",",
    ]

    /// What makes a table: room by table.
    static func owners(_ rooms: [Room]) -> [String: Set<String>] {
        var owners: [String: Set<String>] = [:]
        for room in rooms {
            for text in room.files.flatMap(\.strings) {
                let words = words(text.text)
                for (place, word) in words.enumerated()
                where word == "TABLE" && place > 0 && words[place - 1] == "CREATE" {
                    var next = place + 1
                    while next < words.count, ["IF", "NOT", "EXISTS"].contains(words[next]) { next += 1 }
                    guard next < words.count, isName(words[next]) else { continue }
                    owners[words[next], default: []].insert(room.name)
                }
            }
        }
        return owners
    }

    static func findings(_ rooms: [Room]) -> Set<String> {
        let owners = owners(rooms)
        var found = Set(
            owners.filter { $0.value.count > 1 }.map {
                "table \($0.key) is made by \($0.value.sorted().joined(separator: " and "))"
            })
        for room in rooms {
            for file in room.files {
                for table in file.strings.flatMap({ tables($0.text, of: owners) }) {
                    guard let owner = owners[table], !owner.contains(room.name) else { continue }
                    found.insert(
                        "\(file.path) touches the table \(table) of \(owner.sorted().joined(separator: " and "))")
                }
            }
        }
        return found
    }

    /// The tables that a text of SQL names.
    private static func tables(_ text: String, of owners: [String: Set<String>]) -> [String] {
        let words = words(text)
        guard words.contains(where: statements.contains) else { return [] }
        return words.indices.dropFirst().filter { beforeTable.contains(words[$0 - 1]) && owners[words[$0]] != nil }
            .map { words[$0] }
    }

    private static func isName(_ word: String) -> Bool {
        word.utf8.allSatisfy { (97...122).contains($0) || (48...57).contains($0) || $0 == UInt8(ascii: "_") }
    }

    /// Words and commas of a text.
    private static func words(_ text: String) -> [String] {
        // Most strings are no SQL, which is written in capitals.
        guard text.utf8.contains(where: { (65...90).contains($0) }) else { return [] }
        var words: [String] = []
        var word: [UInt8] = []
        for byte in text.utf8 {
            if (97...122).contains(byte) || (65...90).contains(byte) || (48...57).contains(byte)
                || byte == UInt8(ascii: "_")
            {
                word.append(byte)
            } else {
                if !word.isEmpty { words.append(String(decoding: word, as: UTF8.self)) }
                word = []
                if byte == UInt8(ascii: ",") { words.append(",") }
            }
        }
        return word.isEmpty ? words : words + [String(decoding: word, as: UTF8.self)]
    }
}
