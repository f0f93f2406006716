/// Where words stand in code: how often in all, and in which targets.
struct WordIndex: Sendable {
    private(set) var targets: [String: Set<String>] = [:]
    private(set) var counts: [String: Int] = [:]

    mutating func add(_ file: SourceFile, of target: String) {
        for token in file.tokens where token.kind == .word {
            counts[token.text, default: 0] += 1
            targets[token.text, default: []].insert(target)
        }
    }

    func isNamed(_ word: String, outside target: String) -> Bool {
        targets[word].map { !$0.subtracting([target]).isEmpty } ?? false
    }
}
