/// What pages may name: it exists.
struct Vocabulary: Sendable {
    /// Section to its keys.
    var keys: [String: Set<String>] = [:]
    /// Of the Makefile.
    var goals: Set<String> = []
    /// Commands of `kilonova`, and those below them.
    var verbs: Set<String> = []
    /// Those of them that have others below.
    var groups: Set<String> = []

    /// The keys of a page that is made from the program: a heading for each section, a row for each key.
    mutating func addKeys(_ reference: String) {
        var section = ""
        for line in reference.split(separator: "\n") {
            if line.hasPrefix("## ") {
                section = String(line.dropFirst(3))
                keys[section] = []
            } else if line.hasPrefix("| `"), let name = MarkdownTable.names(String(line)).first {
                keys[section, default: []].insert(name)
            }
        }
    }

    mutating func addGoals(_ makefile: String) {
        for line in makefile.split(separator: "\n") where !line.hasPrefix("\t") && !line.hasPrefix("#") {
            guard let colon = line.firstIndex(of: ":"), !line[colon...].hasPrefix(":=") else { continue }
            goals.formUnion(line[..<colon].split(separator: " ").map(String.init))
        }
    }

    mutating func addVerbs(_ files: [SourceFile]) {
        for tokens in files.map(\.tokens) {
            for index in tokens.indices where tokens[index].isWord("CommandConfiguration") && index + 1 < tokens.count {
                let call = Call(
                    tokens.filter { $0.kind != .comment }, open: tokens[..<index].count { $0.kind != .comment } + 1)
                guard let verb = call["commandName"]?.string else { continue }
                verbs.insert(verb)
                if call["subcommands"] != nil { groups.insert(verb) }
            }
        }
    }
}
