/// What a page names exists.
enum DocumentRule {
    /// Whether a file still has what a merge leaves where it cannot decide.
    static func isHalfMerged(_ text: String) -> Bool {
        text.split(separator: "\n").contains { line in
            (line.hasPrefix("<<<<<<<") || line.hasPrefix(">>>>>>>")) && line.dropFirst(7).hasPrefix(" ")
        }
    }

    /// `pages` by path; `exists` says whether there is a file or folder.
    static func deadLinks(_ page: Page, pages: [String: Page], exists: (String) -> Bool) -> Set<String> {
        var found: Set<String> = []
        for link in page.links where !link.contains("://") && !link.hasPrefix("mailto:") {
            let parts = link.split(separator: "#", maxSplits: 1, omittingEmptySubsequences: false)
            let path = parts[0].isEmpty ? page.path : resolve(String(parts[0]), from: page.path)
            if !exists(path) {
                found.insert("\(page.path): no file for the link `\(link)`")
            } else if parts.count > 1, let target = pages[path], !target.anchors.contains(String(parts[1])) {
                found.insert("\(page.path): no heading for the link `\(link)`")
            }
        }
        return found
    }

    static func resolve(_ link: String, from page: String) -> String {
        var parts = page.split(separator: "/").dropLast().map(String.init)
        for part in link.split(separator: "/") where part != "." {
            if part == ".." { _ = parts.popLast() } else { parts.append(String(part)) }
        }
        return parts.joined(separator: "/")
    }

    /// Files and folders of the package that a page names in code.
    static func deadPaths(_ page: Page, exists: (String) -> Bool) -> Set<String> {
        var found: Set<String> = []
        for code in page.code where folders.contains(where: code.hasPrefix) {
            // With a blank it is a command, with these marks a pattern.
            if code.contains(where: { " *<>…{[$".contains($0) }) || exists(code) { continue }
            found.insert("\(page.path): there is no file or folder `\(code)`")
        }
        return found
    }

    private static let folders = ["Benchmarks/", "Fixtures/", "Sources/", "Tests/", "Tools/", "docs/", "lab/"]

    /// Keys, goals of make and commands that do not exist.
    static func unknownNames(_ page: Page, _ vocabulary: Vocabulary) -> Set<String> {
        var found: Set<String> = []
        for code in page.code {
            // What follows two blanks or a sign is a remark, or no word of ours.
            let command = code.firstRange(of: "  ").map { code[..<$0.lowerBound] } ?? code[...]
            let words = command.prefix { !"#|>;&".contains($0) }.split(separator: " ").map(String.init)
            if words.first == "make" {
                for goal in words.dropFirst() where isName(goal) && !vocabulary.goals.contains(goal) {
                    found.insert("\(page.path): `make \(goal)` is no goal of the Makefile")
                }
            }
            if words.first == "kilonova", words.count > 1, !isCommand(Array(words.dropFirst()), vocabulary) {
                found.insert("\(page.path): `\(words.joined(separator: " "))` is no command of kilonova")
            }
            if let key = unknownKey(code, vocabulary) { found.insert("\(page.path): there is no key `\(key)`") }
        }
        return found
    }

    /// A command, and one below it where it has any; then come names that the reader chooses.
    private static func isCommand(_ words: [String], _ vocabulary: Vocabulary) -> Bool {
        guard isName(words[0]) else { return true }
        guard vocabulary.verbs.contains(words[0]) else { return false }
        guard vocabulary.groups.contains(words[0]), words.count > 1, isName(words[1]) else { return true }
        return vocabulary.verbs.contains(words[1])
    }

    private static let fileEndings: Set<String> = ["conf", "json", "md", "pem", "py", "sqlite", "swift", "yaml"]

    private static func unknownKey(_ code: String, _ vocabulary: Vocabulary) -> String? {
        let parts = code.split(separator: ".", omittingEmptySubsequences: false).map(String.init)
        guard parts.count == 2, let keys = vocabulary.keys[parts[0]], isName(parts[1]), !fileEndings.contains(parts[1])
        else { return nil }
        return keys.contains(parts[1]) ? nil : code
    }

    private static func isName(_ word: String) -> Bool {
        !word.isEmpty && !word.hasPrefix("-")
            && word.utf8.allSatisfy {
                (97...122).contains($0) || (48...57).contains($0) || $0 == UInt8(ascii: "-") || $0 == UInt8(ascii: "_")
            }
    }
}
