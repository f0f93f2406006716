/// What `Package.swift` declares, read as text: with its own helpers `room` and `benchmark`, and under all its switches.
struct Manifest: Sendable {
    struct Target: Sendable {
        enum Kind: Sendable { case room, tests, helper, program, system }

        let name: String
        let kind: Kind
        let path: String
        /// Rooms and products by name.
        let dependencies: Set<String>
        /// Those that a room's tests have from their room, and need not use.
        var inherited: Set<String> = []
    }

    let targets: [Target]
    /// Package to the rule of its version: `exact`, `from`, …
    let packages: [String: String]

    /// Package in small letters to its exact version.
    private(set) var versions: [String: String] = [:]

    init(_ text: String) {
        let tokens = Tokenizer.tokens(of: text).filter { $0.kind != .comment }
        var products: [String: String] = [:]
        var targets: [Target] = []
        var packages: [String: String] = [:]
        for (index, token) in tokens.enumerated() where token.kind == .word {
            guard index + 1 < tokens.count, tokens[index + 1].isMark("("), index > 0, !tokens[index - 1].isWord("func")
            else { continue }
            let call = Call(tokens, open: index + 1)
            switch token.text {
            case "product":
                guard let name = call["name"]?.string else { continue }
                // `let name: Target.Dependency = .product(…)`
                let binding = tokens[..<index].lastIndex { $0.isWord("let") }.map { tokens[$0 + 1].text }
                if let binding { products[binding] = name }
            case "package":
                guard let url = call["url"]?.string else { continue }
                let rule = ["exact", "from", "branch", "revision"].first { call[$0] != nil }
                let name = String(url.split(separator: "/").last ?? "")
                packages[name] = rule ?? "range"
                if let version = call["exact"]?.string { versions[name.lowercased()] = version }
            case "room": targets += Self.room(call, products)
            case "target", "executableTarget", "testTarget", "systemLibrary":
                guard let name = call["name"]?.string else { continue }
                let kind: Target.Kind =
                    switch token.text {
                    case "testTarget": .tests
                    case "executableTarget": .program
                    case "systemLibrary": .system
                    default: .helper
                    }
                let folder = kind == .tests ? "Tests" : "Sources"
                targets.append(
                    Target(
                        name: name, kind: kind, path: call["path"]?.string ?? "\(folder)/\(name)",
                        dependencies: call["dependencies"]?.names(products) ?? []))
            case "benchmark":
                guard let name = call[0]?.string, let folder = call[1]?.string else { continue }
                targets.append(
                    Target(
                        name: name, kind: .program, path: "Benchmarks/\(folder)",
                        dependencies: call[2]?.names(products) ?? []))
            default: continue
            }
        }
        self.targets = targets
        self.packages = packages
    }

    private static func room(_ call: Call, _ products: [String: String]) -> [Target] {
        guard let name = call[0]?.string else { return [] }
        let own = call[1]?.names(products) ?? []
        let room = Target(name: name, kind: .room, path: "Sources/\(name)", dependencies: own)
        let tests = call["tests"]
        if tests?.isNil == true { return [room] }
        let inherited = own.union([name])
        return [
            room,
            Target(
                name: "\(name)Tests", kind: .tests, path: "Tests/\(name)Tests",
                dependencies: inherited.union(tests?.names(products) ?? []), inherited: inherited),
        ]
    }
}
