/// The goals of the Makefile, with what each needs.
struct Goals: Sendable {
    private(set) var needs: [String: Set<String>] = [:]

    init(_ makefile: String) {
        for line in makefile.split(separator: "\n") where !line.hasPrefix("\t") && !line.hasPrefix("#") {
            guard let colon = line.firstIndex(of: ":"), !line[colon...].hasPrefix(":="), !line.hasPrefix(".") else {
                continue
            }
            let rest = line[line.index(after: colon)...]
            // `goal: export NAME = value` sets a variable.
            let names = rest.contains("=") ? [] : rest.split(separator: " ").map(String.init)
            for goal in line[..<colon].split(separator: " ") { needs[String(goal), default: []].formUnion(names) }
        }
    }

    /// Goals that do not come to `goal`, by what they need or what that needs.
    func without(_ goal: String) -> Set<String> {
        var reaching: Set<String> = [goal]
        while true {
            let more = needs.filter { !reaching.isDisjoint(with: $0.value) }.map(\.key)
            let before = reaching.count
            reaching.formUnion(more)
            if reaching.count == before { return Set(needs.keys).subtracting(reaching) }
        }
    }
}
